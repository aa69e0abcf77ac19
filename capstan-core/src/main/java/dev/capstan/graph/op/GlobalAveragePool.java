package dev.capstan.graph.op;

import dev.capstan.graph.ChannelFlow;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Operands;
import dev.capstan.graph.Operator;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import java.util.List;

/** Mean of each channel over all spatial axes, which stay with extent 1. */
public record GlobalAveragePool() implements Operator {
  @Override
  public List<TensorType> infer(Operands operands) {
    Shape shape = operands.shape(0);
    for (int axis = 2; axis < shape.rank(); axis++) {
      shape = shape.with(axis, Dim.of(1));
    }
    return List.of(operands.type(0).with(shape));
  }

  @Override
  public void channels(ChannelFlow flow) {
    if (flow.alongAxis(0, 1)) {
      flow.pass(0, 0, 1);
    }
  }
}
