package dev.capstan.onnx;

import dev.capstan.graph.Operator;
import dev.capstan.graph.op.DepthToSpace;

/** DepthToSpace: its mode is known from opset 11 on. */
final class DepthToSpaceCodec implements OperatorCodec<DepthToSpace> {
  @Override
  public Operator read(NodeReader node) {
    String mode = node.attributes().choice("mode", "DCR", "DCR", "CRD");
    return new DepthToSpace(node.attributes().required("blocksize"), mode.equals("CRD"));
  }

  @Override
  public void write(DepthToSpace operator, NodeWriter node) {
    node.integer("blocksize", operator.block());
    if (operator.columnRow()) {
      node.needs(11, "mode CRD");
      node.text("mode", "CRD");
    }
  }
}
