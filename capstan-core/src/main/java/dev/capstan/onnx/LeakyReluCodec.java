package dev.capstan.onnx;

import dev.capstan.graph.Operator;
import dev.capstan.graph.op.LeakyRelu;

/** LeakyRelu: one attribute. */
final class LeakyReluCodec implements OperatorCodec<LeakyRelu> {
  @Override
  public Operator read(NodeReader node) {
    return new LeakyRelu(node.attributes().number("alpha", 0.01f));
  }

  @Override
  public void write(LeakyRelu relu, NodeWriter node) {
    node.number("alpha", relu.alpha());
  }
}
