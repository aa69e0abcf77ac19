package dev.capstan.onnx;

import dev.capstan.graph.Operator;
import dev.capstan.graph.op.InstanceNormalization;

/** InstanceNormalization: one attribute. */
final class InstanceNormalizationCodec implements OperatorCodec<InstanceNormalization> {
  @Override
  public Operator read(NodeReader node) {
    return new InstanceNormalization(node.attributes().number("epsilon", 1e-5f));
  }

  @Override
  public void write(InstanceNormalization norm, NodeWriter node) {
    node.number("epsilon", norm.epsilon());
  }
}
