package dev.capstan.onnx;

import dev.capstan.graph.Operator;
import dev.capstan.graph.op.Opaque;

/** Operators that are not known: written as they were read. */
final class OpaqueCodec implements OperatorCodec<Opaque> {
  @Override
  public Operator read(NodeReader node) {
    throw node.unsupported("an operator that is not known");
  }

  @Override
  public void write(Opaque opaque, NodeWriter node) {
    node.foreign(((OneNodeModel) opaque.model()).node());
  }
}
