package dev.capstan.onnx;

import dev.capstan.graph.Constant;
import dev.capstan.graph.Operator;
import dev.capstan.graph.op.Gather;

/** Gather: its indices are an input in all opsets. */
final class GatherCodec implements OperatorCodec<Gather> {
  @Override
  public Operator read(NodeReader node) {
    Constant indices = node.required(1, "indices");
    if (indices.rank() > 1) {
      throw node.unsupported("gathering a table of shape " + indices.shape());
    }
    int axis = node.shape(0).axis(node.attributes().integer("axis", 0));
    return new Gather(axis, Numbers.longs(indices), indices.rank() == 1);
  }

  @Override
  public void write(Gather gather, NodeWriter node) {
    node.integer("axis", gather.axis());
    if (gather.keepAxis()) {
      node.input("indices", gather.indices());
    } else {
      node.inputIndex("indices", gather.indices().get(0));
    }
  }
}
