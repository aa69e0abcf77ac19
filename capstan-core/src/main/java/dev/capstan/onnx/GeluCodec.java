package dev.capstan.onnx;

import dev.capstan.graph.Operator;
import dev.capstan.graph.op.Gelu;

/** Gelu: one attribute that is a text. */
final class GeluCodec implements OperatorCodec<Gelu> {
  @Override
  public Operator read(NodeReader node) {
    return new Gelu(node.attributes().choice("approximate", "none", "none", "tanh").equals("tanh"));
  }

  @Override
  public void write(Gelu gelu, NodeWriter node) {
    node.text("approximate", gelu.tanh() ? "tanh" : "none");
  }
}
