package dev.capstan.onnx;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Operator;
import dev.capstan.graph.op.Concat;

/** Concat: its axis has no default. */
final class ConcatCodec implements OperatorCodec<Concat> {
  @Override
  public Operator read(NodeReader node) {
    long axis = node.attributes().integer("axis", Long.MIN_VALUE);
    if (axis == Long.MIN_VALUE) {
      throw new InvalidInputException("attribute 'axis' is missing");
    }
    return new Concat(Numbers.toInt(axis));
  }

  @Override
  public void write(Concat concat, NodeWriter node) {
    node.integer("axis", node.axis(concat.axis()));
  }
}
