package dev.capstan.graph.op;

import dev.capstan.graph.ChannelFlow;
import dev.capstan.graph.Operands;
import dev.capstan.graph.Operator;
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
    return List.of(operands.type(0));
  }

  @Override
  public void channels(ChannelFlow flow) {
    flow.pin(0, "local response normalization");
    flow.pass(0, 0, flow.axis(0));
  }
}
