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
 * With some more axes of extent 1.
 *
 * @param axes where they are in the output, from 0, ascending
 */
public record Unsqueeze(List<Integer> axes) implements Operator {
  /** Copies the list. */
  public Unsqueeze {
    axes = List.copyOf(axes);
  }

  @Override
  public List<TensorType> infer(Operands operands) {
    List<Dim> dims = new ArrayList<>(operands.shape(0).dims());
    for (int axis : axes) {
      if (axis > dims.size()) {
        throw operands.error(
            "expected fewer axes than %s for shape %s".formatted(axes, operands.shape(0)));
      }
      dims.add(axis, Dim.of(1));
    }
    return List.of(operands.type(0).with(new Shape(dims)));
  }

  @Override
  public void channels(ChannelFlow flow) {
    int channels = flow.axis(0);
    if (channels < 0) {
      return;
    }
    for (int axis : axes) {
      channels += axis <= channels ? 1 : 0;
    }
    flow.pass(0, 0, channels);
  }
}
