package dev.capstan.graph.op;

import dev.capstan.graph.ChannelFlow;
import dev.capstan.graph.Operands;
import dev.capstan.graph.Operator;
import dev.capstan.graph.TensorType;
import java.util.List;

/**
 * BatchNormalization with inference statistics: {@code X, scale, shift, mean, variance -> scale *
 * (X - mean) / sqrt(variance + epsilon) + shift}, per channel (axis 1).
 *
 * @param epsilon added to the variance
 */
public record BatchNormalization(float epsilon) implements Operator {
  @Override
  public List<TensorType> infer(Operands operands) {
    PerChannel.check(operands, 1, 4);
    return List.of(operands.type(0));
  }

  @Override
  public void channels(ChannelFlow flow) {
    PerChannel.pass(flow, "batch normalization that cannot be folded", 1, 4);
  }
}
