package dev.capstan.onnx;

import dev.capstan.graph.Operator;
import dev.capstan.graph.op.Flatten;

/** Flatten: one attribute. */
final class FlattenCodec implements OperatorCodec<Flatten> {
  @Override
  public Operator read(NodeReader node) {
    return new Flatten(Numbers.toInt(node.attributes().integer("axis", 1)));
  }

  @Override
  public void write(Flatten flatten, NodeWriter node) {
    node.integer("axis", node.axis(flatten.axis()));
  }
}
