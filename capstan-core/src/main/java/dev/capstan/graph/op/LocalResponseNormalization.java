package dev.capstan.graph.op;

import dev.capstan.graph.ChannelFlow;
import dev.capstan.graph.Operands;
import dev.capstan.graph.Operator;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import java.util.List;

/**
 * {@code x / (bias + alpha / size * sum of squares)^beta}, the sum over {@code size} neighbouring
 * channels.
 *
 * @param alpha factor of the mean square
 * @param beta the power
 * @param bias added to it
 * @param size number of channels
 */
public record LocalResponseNormalization(float alpha, float beta, float bias, int size)
    implements Operator {
  @Override
  public String type() {
    return "LRN";
  }

  @Override
  public List<TensorType> infer(Operands operands) {
    Shape input = operands.type(0).shape();
    long channels = input.rank() > 1 ? input.size(1) : -1;
    if (channels >= 0 && size > 2 * channels + 1) {
      throw operands.error(
          "expected a size of at most %d, which is over all channels, found %d"
              .formatted(2 * channels + 1, size));
    }
    return List.of(operands.type(0));
  }

  @Override
  public void channels(ChannelFlow flow) {
    flow.pin(0, "local response normalization");
    flow.pass(0, 0, flow.axis(0));
  }
}
