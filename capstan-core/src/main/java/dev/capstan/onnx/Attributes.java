package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import dev.capstan.graph.InvalidInputException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The attributes of a node that is being read. Each is taken once; those nobody took are unknown,
 * and {@link #refuseRest} names them: a meaning that was not understood must not get lost.
 */
final class Attributes {
  private final Map<String, AttributeProto> left = new LinkedHashMap<>();

  Attributes(List<AttributeProto> attributes) {
    attributes.forEach(attribute -> left.put(attribute.getName(), attribute));
  }

  private @Nullable AttributeProto take(String name, AttributeType type) {
    AttributeProto attribute = left.remove(name);
    if (attribute != null && attribute.getType() != type) {
      throw new InvalidInputException(
          "expected attribute '%s' to be %s, found %s".formatted(name, type, attribute.getType()));
    }
    return attribute;
  }

  long integer(String name, long otherwise) {
    AttributeProto attribute = take(name, AttributeType.INT);
    return attribute == null ? otherwise : attribute.getI();
  }

  float number(String name, float otherwise) {
    AttributeProto attribute = take(name, AttributeType.FLOAT);
    return attribute == null ? otherwise : attribute.getF();
  }

  boolean flag(String name, boolean otherwise) {
    return integer(name, otherwise ? 1 : 0) != 0;
  }

  String text(String name, String otherwise) {
    AttributeProto attribute = take(name, AttributeType.STRING);
    return attribute == null ? otherwise : attribute.getS().toStringUtf8();
  }

  /** A list, or null where the node does not have it. */
  @Nullable List<Long> integers(String name) {
    AttributeProto attribute = take(name, AttributeType.INTS);
    return attribute == null ? null : attribute.getIntsList();
  }

  /** Takes an attribute that only training or an unused output depends on. */
  void ignore(String name) {
    left.remove(name);
  }

  /** Refuses an attribute with any value but the one that is supported. */
  void require(String name, long value) {
    long found = integer(name, value);
    if (found != value) {
      throw new InvalidInputException(
          "attribute %s=%d is not supported, only %d".formatted(name, found, value));
    }
  }

  /** Fails if an attribute is left. */
  void refuseRest() {
    if (!left.isEmpty()) {
      throw new InvalidInputException("attribute " + left.keySet() + " is not supported");
    }
  }
}
