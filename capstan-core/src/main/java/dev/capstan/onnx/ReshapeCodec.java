package dev.capstan.onnx;

import dev.capstan.graph.Operator;
import dev.capstan.graph.op.Reshape;
import java.util.List;

/** Reshape: the target is an input in all opsets; allowzero is known from 14 on. */
final class ReshapeCodec implements OperatorCodec<Reshape> {
  @Override
  public Operator read(NodeReader node) {
    boolean allowZero = node.opset() >= 14 && node.attributes().flag("allowzero", false);
    List<Long> computed = node.computedTarget();
    return computed == null
        ? new Reshape(Numbers.longs(node.required(1, "shape")), allowZero)
        : new Reshape(computed, false);
  }

  @Override
  public void write(Reshape reshape, NodeWriter node) {
    node.input("shape", reshape.target());
    if (reshape.allowZero()) {
      node.needs(14, "allowzero");
      node.flag("allowzero", true);
    }
  }
}
