package dev.capstan.graph.op;

import dev.capstan.graph.ChannelFlow;
import dev.capstan.graph.Operands;
import dev.capstan.graph.Operator;
import dev.capstan.graph.Shape;
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
  private static final String WHY = "layer normalization";

  @Override
  public List<TensorType> infer(Operands operands) {
    operands.shape(0).axis(axis);
    return List.of(operands.type(0));
  }

  @Override
  public void channels(ChannelFlow flow) {
    int channels = flow.axis(0);
    if (channels < 0 || !PerChannel.areKnown(flow, WHY, 1, 2)) {
      return;
    }
    Shape input = flow.operands().shape(0);
    boolean inside = channels < input.axis(axis);
    if (inside) {
      flow.selectOnly(0, WHY);
    } else {
      flow.pool(0, 1, WHY);
    }
    flow.pass(0, 0, channels);
    for (int i = 1; i < flow.operands().count(); i++) {
      if (inside) {
        flow.ignore(i);
      } else {
        Broadcast.encode(flow, i, 0, channels, input.rank());
      }
    }
  }
}
