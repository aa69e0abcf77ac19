package dev.capstan.onnx;

import dev.capstan.graph.Operator;
import dev.capstan.graph.op.SpaceToDepth;

/** SpaceToDepth: one attribute. */
final class SpaceToDepthCodec implements OperatorCodec<SpaceToDepth> {
  @Override
  public Operator read(NodeReader node) {
    return new SpaceToDepth(node.attributes().required("blocksize"));
  }

  @Override
  public void write(SpaceToDepth operator, NodeWriter node) {
    node.integer("blocksize", operator.block());
  }
}
