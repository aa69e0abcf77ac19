package dev.capstan.graph.op;

import dev.capstan.graph.ChannelFlow;
import dev.capstan.graph.Operands;
import dev.capstan.graph.Operator;
import dev.capstan.graph.TensorType;
import java.util.List;

/**
 * Softmax along one axis, or over all axes from it on as opsets below 13 mean it.
 *
 * @param axis where it starts; negative counts from the end
 * @param flattened whether it goes over all axes from {@code axis} on, taken as one
 */
public record Softmax(int axis, boolean flattened) implements Operator {
  @Override
  public List<TensorType> infer(Operands operands) {
    operands.shape(0).axis(axis);
    return List.of(operands.type(0));
  }

  @Override
  public void channels(ChannelFlow flow) {
    int first = flow.operands().shape(0).axis(axis);
    int channels = flow.axis(0);
    if (flattened ? channels >= first : channels == first) {
      flow.pin(0, "softmax over channels");
    }
    flow.pass(0, 0, channels);
  }
}
