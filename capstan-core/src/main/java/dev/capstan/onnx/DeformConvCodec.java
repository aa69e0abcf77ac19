package dev.capstan.onnx;

import dev.capstan.graph.Operator;
import dev.capstan.graph.op.DeformConv;

/** DeformConv: all in attributes, like those of Conv. */
final class DeformConvCodec implements OperatorCodec<DeformConv> {
  @Override
  public Operator read(NodeReader node) {
    return new DeformConv(
        WindowCodec.read(node.attributes(), ConvCodec.kernel(node)),
        Numbers.toInt(node.attributes().integer("group", 1)),
        Numbers.toInt(node.attributes().integer("offset_group", 1)));
  }

  @Override
  public void write(DeformConv conv, NodeWriter node) {
    node.needsOperator();
    WindowCodec.write(conv.window(), node);
    WindowCodec.writeDilations(conv.window(), node, 19);
    node.integer("group", conv.groups());
    node.integer("offset_group", conv.offsetGroups());
  }
}
