package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Nodes that give a constant: Constant, and Identity of one, by which exporters share weights. */
final class ConstantNodes {
  /** More equal elements than any network needs are a mistake or an attack. */
  private static final double MOST_FILLED = 1 << 24;

  private ConstantNodes() {}

  /**
   * Adds what the node gives to the constants.
   *
   * @return false if the node is of another kind
   */
  static boolean read(NodeProto node, TensorReader tensors, Map<String, Constant> constants) {
    @Nullable Constant constant = constant(node, tensors, constants);
    if (constant == null) {
      return false;
    }
    if (node.getOutputCount() != 1 || constants.put(node.getOutput(0), constant) != null) {
      throw new InvalidInputException(
          "expected one output that nothing else gives, found " + node.getOutputList());
    }
    return true;
  }

  private static @Nullable Constant constant(
      NodeProto node, TensorReader tensors, Map<String, Constant> constants) {
    if (!NodeParser.isStandard(node.getDomain())) {
      return null;
    }
    return switch (node.getOpType()) {
      case "Constant" -> value(node, tensors);
      case "ConstantOfShape" -> filled(node, tensors, constants);
      case "Identity" -> node.getInputCount() == 1 ? constants.get(node.getInput(0)) : null;
      default -> null;
    };
  }

  private static @Nullable Constant filled(
      NodeProto node, TensorReader tensors, Map<String, Constant> constants) {
    Constant sizes = constants.get(node.getInput(0));
    if (sizes == null) {
      return null;
    }
    Constant element = fill(node, tensors);
    double count = LongStream.of(sizes.longs()).asDoubleStream().reduce(1, (a, b) -> a * b);
    if (count > MOST_FILLED) {
      throw new UnsupportedException("a constant of %.0f equal elements".formatted(count));
    }
    ByteBuffer bytes = ByteBuffer.allocate((int) count * element.type().bytes());
    while (bytes.hasRemaining()) {
      bytes.put(element.bytes());
    }
    return Constant.view(element.type(), sizes.longs(), bytes.flip());
  }

  /** The one element that a ConstantOfShape repeats: a float32 0 unless it says another. */
  static Constant fill(NodeProto node, TensorReader tensors) {
    return node.getAttributeCount() == 0
        ? Constant.of(new float[1], 1)
        : tensors.read(node.getAttribute(0).getT());
  }

  private static Constant value(NodeProto node, TensorReader tensors) {
    if (node.getAttributeCount() != 1) {
      throw new InvalidInputException("expected one attribute, found " + node.getAttributeCount());
    }
    AttributeProto value = node.getAttribute(0);
    return switch (value.getName()) {
      case "value" -> tensors.read(value.getT());
      case "value_float" -> Constant.of(new float[] {value.getF()});
      case "value_floats" -> floats(value);
      case "value_int" -> Constant.of(new long[] {value.getI()});
      case "value_ints" -> longs(value);
      default ->
          throw new InvalidInputException("attribute " + value.getName() + " is not supported");
    };
  }

  private static Constant floats(AttributeProto value) {
    float[] elements = new float[value.getFloatsCount()];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = value.getFloats(i);
    }
    return Constant.of(elements, elements.length);
  }

  private static Constant longs(AttributeProto value) {
    long[] elements = value.getIntsList().stream().mapToLong(Long::longValue).toArray();
    return Constant.of(elements, elements.length);
  }
}
