package dev.capstan.onnx;

import dev.capstan.graph.Operator;
import dev.capstan.graph.op.Gemm;

/** Gemm: all in attributes. */
final class GemmCodec implements OperatorCodec<Gemm> {
  @Override
  public Operator read(NodeReader node) {
    Attributes attributes = node.attributes();
    return new Gemm(
        attributes.number("alpha", 1),
        attributes.number("beta", 1),
        attributes.flag("transA", false),
        attributes.flag("transB", false));
  }

  @Override
  public void write(Gemm gemm, NodeWriter node) {
    node.number("alpha", gemm.alpha());
    node.number("beta", gemm.beta());
    node.flag("transA", gemm.transA());
    node.flag("transB", gemm.transB());
  }
}
