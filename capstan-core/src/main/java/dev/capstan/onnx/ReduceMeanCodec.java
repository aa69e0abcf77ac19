package dev.capstan.onnx;

import dev.capstan.graph.Constant;
import dev.capstan.graph.Operator;
import dev.capstan.graph.op.Identity;
import dev.capstan.graph.op.ReduceMean;
import java.util.List;

/** ReduceMean: the axes are an attribute below opset 18, an input from there on. */
final class ReduceMeanCodec implements OperatorCodec<ReduceMean> {
  @Override
  public Operator read(NodeReader node) {
    boolean keepDims = node.attributes().flag("keepdims", true);
    List<Integer> axes = axes(node);
    boolean nothing = node.opset() >= 18 && node.attributes().flag("noop_with_empty_axes", false);
    return nothing && axes.isEmpty() ? new Identity() : new ReduceMean(axes, keepDims);
  }

  private static List<Integer> axes(NodeReader node) {
    if (node.opset() < 18) {
      List<Long> axes = node.attributes().integers("axes");
      return axes == null ? List.of() : Numbers.ints(axes);
    }
    Constant axes = node.folded(1, "axes");
    return axes == null ? List.of() : Numbers.ints(Numbers.longs(axes));
  }

  @Override
  public void write(ReduceMean mean, NodeWriter node) {
    node.flag("keepdims", mean.keepDims());
    if (mean.axes().isEmpty()) {
      return;
    }
    if (node.opset() < 18) {
      node.integers("axes", mean.axes().stream().map(node::axis).toList());
    } else {
      node.input("axes", mean.axes());
    }
  }
}
