package dev.capstan.graph.op;

import dev.capstan.graph.ChannelFlow;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Operands;
import dev.capstan.graph.Operator;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import java.util.List;

/** An operator that makes one element of each channel; the spatial axes stay with extent 1. */
public interface GlobalPooling extends Operator {
  @Override
  default List<TensorType> infer(Operands operands) {
    Shape shape = operands.shape(0);
    for (int axis = 2; axis < shape.rank(); axis++) {
      shape = shape.with(axis, Dim.of(1));
    }
    return List.of(operands.type(0).with(shape));
  }

  @Override
  default void channels(ChannelFlow flow) {
    if (flow.alongAxis(0, 1)) {
      flow.pass(0, 0, 1);
    }
  }
}
