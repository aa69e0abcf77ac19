package dev.capstan.onnx;

import dev.capstan.graph.Constant;
import dev.capstan.graph.InvalidInputException;
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
      return new Split(axis, List.of());
    }
    if (sizes.size() != node.outputs()) {
      throw new InvalidInputException(
          "expected %d sizes, one an output, found %s".formatted(node.outputs(), sizes));
    }
    return new Split(axis, sizes);
  }

  private static @Nullable List<Long> sizes(NodeReader node) {
    if (node.opset() < 13) {
      return node.attributes().integers("split");
    }
    if (node.opset() >= 18) {
      node.attributes().require("num_outputs", node.outputs());
    }
    Constant sizes = node.folded(1, "split");
    return sizes == null ? null : Numbers.longs(sizes);
  }

  @Override
  public int maxOutputs() {
    return Integer.MAX_VALUE;
  }

  @Override
  public void write(Split split, NodeWriter node) {
    node.integer("axis", split.axis());
    if (split.sizes().isEmpty()) {
      if (node.opset() >= 18) {
        node.integer("num_outputs", node.outputs());
      }
    } else if (node.opset() < 13) {
      node.integers("split", split.sizes());
    } else {
      node.input("split", split.sizes());
    }
  }
}
