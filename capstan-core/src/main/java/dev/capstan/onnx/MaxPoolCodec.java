package dev.capstan.onnx;

import dev.capstan.graph.Operator;
import dev.capstan.graph.op.MaxPool;
import dev.capstan.graph.op.Window;
import dev.capstan.graph.op.Window.AutoPad;
import java.util.List;

/** MaxPool: dilations and ceil_mode from opset 10 on. */
final class MaxPoolCodec implements OperatorCodec<MaxPool> {
  private static final String ORDER = "storage_order";

  @Override
  public Operator read(NodeReader node) {
    Window window = WindowCodec.read(node.attributes());
    if (!node.isUsed(1)) {
      // Only the numbers depend on it.
      node.attributes().ignore(ORDER);
      return new MaxPool(window);
    }
    if (!node.isReadBy(1, "MaxUnpool")) {
      throw node.unsupported("numbers of pixels that go elsewhere than to MaxUnpool");
    }
    node.attributes().require(ORDER, 0);
    List<Integer> pads = window.pads();
    boolean plain = window.rank() == 2 && window.autoPad() == AutoPad.NOTSET;
    if (!plain || !pads.subList(0, 2).equals(pads.subList(2, 4))) {
      throw node.unsupported("numbers of pixels with padding that differs between sides");
    }
    return new MaxPool(window, true);
  }

  @Override
  public int maxOutputs(Operator operator) {
    return ((MaxPool) operator).indexed() ? 2 : 1;
  }

  @Override
  public void write(MaxPool pool, NodeWriter node) {
    WindowCodec.write(pool.window(), node);
    WindowCodec.writeDilations(pool.window(), node, 10);
    WindowCodec.writeCeil(pool.window(), node);
  }
}
