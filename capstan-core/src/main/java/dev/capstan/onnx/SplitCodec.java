package dev.capstan.onnx;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Operator;
import dev.capstan.graph.op.Split;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Split: the sizes are an attribute below opset 13, an input from there on; num_outputs from 18.
 */
final class SplitCodec implements OperatorCodec<Split> {
  @Override
  public Operator read(NodeReader node) {
    int axis = node.shape(0).axis(node.attributes().integer("axis", 0));
    List<Long> sizes = sizes(node);
    if (sizes == null) {
      return new Split(axis, node.outputs(), List.of());
    }
    if (sizes.size() != node.outputs()) {
      throw new InvalidInputException(
          "expected %d sizes, one an output, found %s".formatted(node.outputs(), sizes));
    }
    return new Split(axis, node.outputs(), sizes);
  }

  private static @Nullable List<Long> sizes(NodeReader node) {
    if (node.opset() >= 18) {
      node.attributes().require("num_outputs", node.outputs());
    }
    return node.integers("split", 13, 1);
  }

  @Override
  public int maxOutputs(Operator operator) {
    return Integer.MAX_VALUE;
  }

  @Override
  public void write(Split split, NodeWriter node) {
    node.integer("axis", split.axis());
    if (split.sizes().isEmpty()) {
      if (node.opset() >= 18) {
        node.integer("num_outputs", split.parts());
      }
    } else {
      node.integers("split", 13, split.sizes());
    }
  }
}
