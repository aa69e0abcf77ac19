package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.capstan.error.InvalidInputException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
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

  /** Whether the attribute is there and was not taken yet. */
  boolean has(String name) {
    return left.containsKey(name);
  }

  /** A tensor, or null where the node does not have it. */
  @Nullable TensorProto tensor(String name) {
    AttributeProto attribute = take(name, AttributeType.TENSOR);
    return attribute == null ? null : attribute.getT();
  }

  long integer(String name, long otherwise) {
    AttributeProto attribute = take(name, AttributeType.INT);
    return attribute == null ? otherwise : attribute.getI();
  }

  /** A positive number that must be there. */
  int required(String name) {
    int value = Numbers.toInt(integer(name, 0));
    if (value < 1) {
      throw new InvalidInputException(
          "expected attribute '%s' of at least 1, found %d".formatted(name, value));
    }
    return value;
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

  /** A text that must be one of those that are supported. */
  String choice(String name, String otherwise, String... supported) {
    String found = text(name, otherwise);
    if (!List.of(supported).contains(found)) {
      throw new UnsupportedException(
          "attribute %s='%s' is not supported, only %s"
              .formatted(name, found, String.join(" or ", supported)));
    }
    return found;
  }

  /** A constant of an enum, which ONNX writes in small letters. */
  <E extends Enum<E>> E constant(String name, E otherwise) {
    Class<E> type = otherwise.getDeclaringClass();
    String found = text(name, text(otherwise));
    for (E value : type.getEnumConstants()) {
      if (text(value).equals(found)) {
        return value;
      }
    }
    throw new UnsupportedException(
        "attribute %s='%s' is not supported, only %s"
            .formatted(
                name,
                found,
                Arrays.stream(type.getEnumConstants()).map(Attributes::text).toList()));
  }

  /** How ONNX writes a constant of an enum. */
  static String text(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /** A list of numbers, which must be there. */
  List<Float> numbers(String name) {
    AttributeProto attribute = take(name, AttributeType.FLOATS);
    if (attribute == null) {
      throw new InvalidInputException("attribute '" + name + "' is missing");
    }
    return attribute.getFloatsList();
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
      throw new UnsupportedException(
          "attribute %s=%d is not supported, only %d".formatted(name, found, value));
    }
  }

  /** Fails if an attribute is left. */
  void refuseRest() {
    if (!left.isEmpty()) {
      throw new UnsupportedException("attribute " + left.keySet() + " is not supported");
    }
  }
}
