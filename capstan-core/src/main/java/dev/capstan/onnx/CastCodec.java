package dev.capstan.onnx;

import dev.capstan.graph.Operator;
import dev.capstan.graph.op.Cast;

/** Cast: the type is an attribute. */
final class CastCodec implements OperatorCodec<Cast> {
  @Override
  public Operator read(NodeReader node) {
    // It says what becomes of numbers too large for 8 bits, which are no type here.
    node.attributes().ignore("saturate");
    return new Cast(ElementTypes.fromOnnx(Numbers.toInt(node.attributes().integer("to", 0))));
  }

  @Override
  public void write(Cast cast, NodeWriter node) {
    node.integer("to", ElementTypes.toOnnx(cast.to()));
  }
}
