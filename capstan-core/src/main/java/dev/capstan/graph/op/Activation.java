package dev.capstan.graph.op;

import dev.capstan.graph.ChannelFlow;
import dev.capstan.graph.Operands;
import dev.capstan.graph.Operator;
import dev.capstan.graph.TensorType;
import java.util.List;

/** A function of one input, applied to every element alike. */
public interface Activation extends Operator {
  @Override
  default List<TensorType> infer(Operands operands) {
    return List.of(operands.type(0));
  }

  @Override
  default void channels(ChannelFlow flow) {
    flow.pass(0, 0, flow.axis(0));
  }
}
