package dev.capstan.graph.op;

import dev.capstan.graph.ChannelFlow;
import dev.capstan.graph.Operands;
import dev.capstan.graph.Operator;
import dev.capstan.graph.Shape;
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
    Shape input = operands.shape(0);
    if (input.rank() < 2) {
      throw operands.error("expected input 0 to have channels along axis 1, found shape " + input);
    }
    long channels = input.size(1);
    for (int i = 1; i <= 4; i++) {
      long found = operands.shapeOfRank(i, 1).size(0);
      if (channels >= 0 && found >= 0 && found != channels) {
        throw operands.error(
            "expected %d elements in input %d, found %d".formatted(channels, i, found));
      }
    }
    return List.of(operands.type(0));
  }

  @Override
  public void channels(ChannelFlow flow) {
    if (!flow.alongAxis(0, 1)) {
      return;
    }
    flow.selectOnly(0, "batch normalization that cannot be folded");
    flow.pass(0, 0, 1);
    for (int i = 1; i <= 4; i++) {
      flow.encode(i, 0, 0);
    }
  }
}
