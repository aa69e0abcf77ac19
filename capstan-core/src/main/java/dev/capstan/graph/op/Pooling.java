package dev.capstan.graph.op;

import dev.capstan.graph.ChannelFlow;
import dev.capstan.graph.Operands;
import dev.capstan.graph.Operator;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import java.util.List;

/** An operator that slides a window over each channel by itself. */
public interface Pooling extends Operator {
  /** The window. */
  Window window();

  @Override
  default List<TensorType> infer(Operands operands) {
    Shape input = operands.shapeOfRank(0, window().rank() + 2);
    return List.of(operands.type(0).with(window().slide(input, input.dims().get(1))));
  }

  @Override
  default void channels(ChannelFlow flow) {
    if (flow.alongAxis(0, 1)) {
      flow.pass(0, 0, 1);
    }
  }
}
