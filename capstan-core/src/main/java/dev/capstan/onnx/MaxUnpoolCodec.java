package dev.capstan.onnx;

import dev.capstan.graph.Constant;
import dev.capstan.graph.Operator;
import dev.capstan.graph.Shape;
import dev.capstan.graph.op.MaxUnpool;
import dev.capstan.graph.op.Window;

/** MaxUnpool: extents that are given must be those that follow from the window. */
final class MaxUnpoolCodec implements OperatorCodec<MaxUnpool> {
  @Override
  public Operator read(NodeReader node) {
    Window window = WindowCodec.read(node.attributes());
    Constant shape = node.folded(2, "output_shape");
    MaxUnpool unpool = new MaxUnpool(window);
    Shape expected = unpool.shape(node.shape(0));
    for (int axis = 2; shape != null && axis < expected.rank(); axis++) {
      if (shape.whole(axis) != expected.size(axis)) {
        throw node.unsupported("another extent than the window's");
      }
    }
    return unpool;
  }

  @Override
  public void write(MaxUnpool unpool, NodeWriter node) {
    node.needsOperator();
    WindowCodec.write(unpool.window(), node);
  }
}
