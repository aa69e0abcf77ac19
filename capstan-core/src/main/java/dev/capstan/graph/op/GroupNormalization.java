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
  private static final String WHY = "group normalization";

  @Override
  public List<TensorType> infer(Operands operands) {
    Shape input = operands.shape(0);
    long channels = input.rank() < 2 ? -1 : input.size(1);
    if (input.rank() < 2 || (channels >= 0 && channels % groups != 0)) {
      throw operands.error("expected %d groups of channels, found %s".formatted(groups, input));
    }
    long elements = perGroup ? groups : channels;
    PerChannel.checkCount(operands, 1, elements);
    PerChannel.checkCount(operands, 2, elements);
    return List.of(operands.type(0));
  }

  @Override
  public void channels(ChannelFlow flow) {
    if (!PerChannel.areKnown(flow, WHY, 1, 2) || !flow.alongAxis(0, 1)) {
      return;
    }
    if (isSingle(flow.operands().shape(0).size(1))) {
      PerChannel.pass(flow, WHY, 1, 2);
      return;
    }
    flow.pool(0, groups, WHY);
    flow.pass(0, 0, 1);
    if (perGroup) {
      flow.ignore(1);
      flow.ignore(2);
    } else {
      PerChannel.encode(flow, 1, 2);
    }
  }

  /** Whether each channel is a group of its own. */
  private boolean isSingle(long channels) {
    return channels == groups;
  }

  @Override
  public Operator resized(Widths widths) {
    return isSingle(widths.shapeBefore(0).size(1))
        ? new GroupNormalization(epsilon, widths.input(0), perGroup)
        : this;
  }
}
