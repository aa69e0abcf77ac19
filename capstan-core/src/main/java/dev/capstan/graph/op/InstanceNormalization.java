package dev.capstan.graph.op;

import dev.capstan.graph.ChannelFlow;
import dev.capstan.graph.Operands;
import dev.capstan.graph.Operator;
import dev.capstan.graph.TensorType;
import java.util.List;

/**
 * {@code X, scale, shift -> scale * (X - mean) / sqrt(variance + epsilon) + shift}, mean and
 * variance of each channel (axis 1) of each input by itself.
 *
 * @param epsilon added to the variance
 */
public record InstanceNormalization(float epsilon) implements Operator {
  @Override
  public List<TensorType> infer(Operands operands) {
    PerChannel.check(operands, 1, 2);
    return List.of(operands.type(0));
  }

  @Override
  public void channels(ChannelFlow flow) {
    PerChannel.pass(flow, "instance normalization", 1, 2);
  }
}
