package dev.capstan.graph.op;

import dev.capstan.graph.ChannelFlow;
import dev.capstan.graph.DataType;
import dev.capstan.graph.Operands;
import dev.capstan.graph.TensorType;
import java.util.List;

/**
 * Largest element of each window.
 *
 * @param window the window; padding counts as minus infinity
 * @param indexed whether a second output says which elements of the whole input these are, their
 *     numbers counted row by row: {@link MaxUnpool} reads it
 */
public record MaxPool(Window window, boolean indexed) implements Pooling {
  /** Without numbers. */
  public MaxPool(Window window) {
    this(window, false);
  }

  @Override
  public List<TensorType> infer(Operands operands) {
    TensorType largest = Pooling.super.infer(operands).get(0);
    return indexed
        ? List.of(largest, new TensorType(DataType.INT64, largest.shape()))
        : List.of(largest);
  }

  /** Which of two equal pixels is numbered hangs on their last bits. */
  @Override
  public boolean jumps() {
    return indexed;
  }

  @Override
  public String toString() {
    return "MaxPool[window=%s%s]".formatted(window, indexed ? ", indexed" : "");
  }

  @Override
  public void channels(ChannelFlow flow) {
    Pooling.super.channels(flow);
    if (indexed && flow.alongAxis(0, 1)) {
      flow.selectOnly(0, "largest pixels are numbered");
      flow.pass(0, 1, 1);
    }
  }
}
