package dev.capstan.onnx;

import dev.capstan.graph.Operator;
import dev.capstan.graph.op.Einsum;

/** Einsum: known from opset 12 on. */
final class EinsumCodec implements OperatorCodec<Einsum> {
  @Override
  public Operator read(NodeReader node) {
    return new Einsum(node.attributes().text("equation", ""));
  }

  @Override
  public void write(Einsum einsum, NodeWriter node) {
    node.needsOperator();
    node.text("equation", einsum.equation());
  }
}
