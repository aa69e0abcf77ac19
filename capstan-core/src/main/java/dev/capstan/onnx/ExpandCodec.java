package dev.capstan.onnx;

import dev.capstan.graph.Operator;
import dev.capstan.graph.op.Expand;
import java.util.List;

/** Expand: the shape is an input in all opsets. */
final class ExpandCodec implements OperatorCodec<Expand> {
  @Override
  public Operator read(NodeReader node) {
    List<Long> computed = node.computedTarget();
    if (computed == null) {
      return new Expand(Numbers.longs(node.required(1, "shape")));
    }
    if (computed.contains(-1L)) {
      throw node.unsupported("expanding to extents of another tensor");
    }
    // An extent that is the input's own stays as it is.
    return new Expand(computed.stream().map(size -> Math.max(1, size)).toList());
  }

  @Override
  public void write(Expand expand, NodeWriter node) {
    node.input("shape", expand.shape());
  }
}
