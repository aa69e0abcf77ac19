package dev.capstan.onnx;

import dev.capstan.graph.Operator;
import dev.capstan.graph.op.AveragePool;
import dev.capstan.graph.op.Window;

/** AveragePool: ceil_mode from opset 10 on, dilations from 19. */
final class AveragePoolCodec implements OperatorCodec<AveragePool> {
  @Override
  public Operator read(NodeReader node) {
    Window window = WindowCodec.read(node.attributes());
    return new AveragePool(window, node.attributes().flag("count_include_pad", false));
  }

  @Override
  public void write(AveragePool pool, NodeWriter node) {
    WindowCodec.write(pool.window(), node);
    WindowCodec.writeDilations(pool.window(), node, 19);
    WindowCodec.writeCeil(pool.window(), node);
    node.flag("count_include_pad", pool.countIncludePad());
  }
}
