package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import dev.capstan.graph.Constant;
import dev.capstan.graph.InvalidInputException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Nodes that give a constant: Constant, and Identity of one, by which exporters share weights. */
final class ConstantNodes {
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
      case "Identity" -> node.getInputCount() == 1 ? constants.get(node.getInput(0)) : null;
      default -> null;
    };
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
