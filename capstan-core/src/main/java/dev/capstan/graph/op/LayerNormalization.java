package dev.capstan.graph.op;

import dev.capstan.graph.ChannelFlow;
import dev.capstan.graph.Operands;
import dev.capstan.graph.Operator;
import dev.capstan.graph.TensorType;
import java.util.List;

/**
 * {@code X, scale[, shift] -> scale * (X - mean) / sqrt(variance + epsilon) + shift}, mean and
 * variance over all axes from one on.
 *
 * @param axis where they start; negative counts from the end
 * @param epsilon added to the variance
 */
public record LayerNormalization(int axis, float epsilon) implements Operator {
  @Override
  public List<TensorType> infer(Operands operands) {
    operands.shape(0).axis(axis);
    return List.of(operands.type(0));
  }

  @Override
  public void channels(ChannelFlow flow) {
    flow.pin(0, "layer normalization");
    flow.pass(0, 0, flow.axis(0));
  }
}
