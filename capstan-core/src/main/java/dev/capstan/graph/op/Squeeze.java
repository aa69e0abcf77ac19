package dev.capstan.graph.op;

import dev.capstan.graph.ChannelFlow;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Operands;
import dev.capstan.graph.Operator;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import java.util.ArrayList;
import java.util.List;

/**
 * Without some axes of extent 1.
 *
 * @param axes which ones, from 0
 */
public record Squeeze(List<Integer> axes) implements Operator {
  /** Copies the list. */
  public Squeeze {
    axes = List.copyOf(axes);
  }

  @Override
  public List<TensorType> infer(Operands operands) {
    Shape input = operands.shape(0);
    List<Dim> dims = new ArrayList<>();
    for (int axis = 0; axis < input.rank(); axis++) {
      if (!axes.contains(axis)) {
        dims.add(input.dims().get(axis));
      } else if (input.size(axis) > 1) {
        throw operands.error("axis %d of shape %s is not of extent 1".formatted(axis, input));
      }
    }
    if (dims.size() + axes.size() != input.rank()) {
      throw operands.error("expected axes %s, found shape %s".formatted(axes, input));
    }
    return List.of(operands.type(0).with(new Shape(dims)));
  }

  @Override
  public void channels(ChannelFlow flow) {
    int channels = flow.axis(0);
    // The batch lies before the channels: without it they would be the rows of what follows.
    if (axes.contains(channels) || axes.contains(0)) {
      flow.pin(0, "channels or the batch squeezed away");
    } else {
      flow.pass(0, 0, channels - (int) axes.stream().filter(axis -> axis < channels).count());
    }
  }
}
