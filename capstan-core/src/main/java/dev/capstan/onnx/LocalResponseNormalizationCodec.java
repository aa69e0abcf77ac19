package dev.capstan.onnx;

import dev.capstan.graph.Operator;
import dev.capstan.graph.op.LocalResponseNormalization;

/** LRN: all in attributes. */
final class LocalResponseNormalizationCodec implements OperatorCodec<LocalResponseNormalization> {
  @Override
  public Operator read(NodeReader node) {
    Attributes attributes = node.attributes();
    return new LocalResponseNormalization(
        attributes.number("alpha", 1e-4f),
        attributes.number("beta", 0.75f),
        attributes.number("bias", 1),
        attributes.required("size"));
  }

  @Override
  public void write(LocalResponseNormalization norm, NodeWriter node) {
    node.number("alpha", norm.alpha());
    node.number("beta", norm.beta());
    node.number("bias", norm.bias());
    node.integer("size", norm.size());
  }
}
