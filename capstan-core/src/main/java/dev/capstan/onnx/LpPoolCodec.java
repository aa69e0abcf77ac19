package dev.capstan.onnx;

import dev.capstan.graph.Operator;
import dev.capstan.graph.op.LpPool;
import dev.capstan.graph.op.Window;

/** LpPool: dilations and ceil_mode from opset 18 on. */
final class LpPoolCodec implements OperatorCodec<LpPool> {
  @Override
  public Operator read(NodeReader node) {
    Window window = WindowCodec.read(node.attributes());
    return new LpPool(window, Numbers.toInt(node.attributes().integer("p", 2)));
  }

  @Override
  public void write(LpPool pool, NodeWriter node) {
    WindowCodec.write(pool.window(), node);
    WindowCodec.writeDilations(pool.window(), node, 18);
    WindowCodec.writeCeil(pool.window(), node);
    node.integer("p", pool.p());
  }
}
