package dev.capstan.graph.op;

import dev.capstan.graph.ChannelFlow;
import dev.capstan.graph.Operands;
import dev.capstan.graph.Operator;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import java.util.List;

/**
 * {@code X, scale, shift -> scale * (X - mean) / sqrt(variance + epsilon) + shift}, mean and
 * variance of each group of channels (axis 1) of each input.
 *
 * @param epsilon added to the variance
 * @param groups number of groups
 * @param perGroup whether scale and shift have an element for each group, as in opsets 18 to 20,
 *     not for each channel
 */
public record GroupNormalization(float epsilon, int groups, boolean perGroup) implements Operator {
  @Override
  public List<TensorType> infer(Operands operands) {
    Shape input = operands.shape(0);
    long channels = input.rank() < 2 ? -1 : input.size(1);
    if (input.rank() < 2 || (channels >= 0 && channels % groups != 0)) {
      throw operands.error("expected %d groups of channels, found %s".formatted(groups, input));
    }
    if (!perGroup) {
      PerChannel.check(operands, 1, 2);
    }
    return List.of(operands.type(0));
  }

  @Override
  public void channels(ChannelFlow flow) {
    flow.pin(0, "group normalization");
    flow.pass(0, 0, flow.axis(0));
  }
}
