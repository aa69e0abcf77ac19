package dev.capstan.graph.op;

import dev.capstan.graph.ChannelFlow;
import dev.capstan.graph.Operands;
import dev.capstan.graph.Operator;
import dev.capstan.graph.TensorType;
import java.util.List;

/** An operator that makes probabilities of the elements along an axis. */
public interface Distribution extends Operator {
  /** Where it starts; negative counts from the end. */
  int axis();

  /** Whether it goes over all axes from {@link #axis} on, taken as one. */
  boolean flattened();

  @Override
  default List<TensorType> infer(Operands operands) {
    operands.shape(0).axis(axis());
    return List.of(operands.type(0));
  }

  @Override
  default void channels(ChannelFlow flow) {
    int first = flow.operands().shape(0).axis(axis());
    int channels = flow.axis(0);
    if (flattened() ? channels >= first : channels == first) {
      flow.pin(0, "softmax over channels");
    }
    flow.pass(0, 0, channels);
  }
}
