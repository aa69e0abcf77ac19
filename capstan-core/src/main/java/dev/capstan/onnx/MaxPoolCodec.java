package dev.capstan.onnx;

import dev.capstan.graph.Operator;
import dev.capstan.graph.op.MaxPool;
import dev.capstan.graph.op.Window;

/** MaxPool: dilations and ceil_mode from opset 10 on. */
final class MaxPoolCodec implements OperatorCodec<MaxPool> {
  @Override
  public Operator read(NodeReader node) {
    Window window = WindowCodec.read(node.attributes());
    // Only the second output, the indices, depends on it.
    node.attributes().ignore("storage_order");
    return new MaxPool(window);
  }

  @Override
  public void write(MaxPool pool, NodeWriter node) {
    WindowCodec.write(pool.window(), node);
    WindowCodec.writeDilations(pool.window(), node, 10);
    WindowCodec.writeCeil(pool.window(), node);
  }
}
