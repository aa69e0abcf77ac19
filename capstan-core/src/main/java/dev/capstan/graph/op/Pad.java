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
 * Padding.
 *
 * @param mode what is put there
 * @param pads elements added before all axes, then after all; negative ones crop
 * @param value the element, for mode CONSTANT
 */
public record Pad(Mode mode, List<Integer> pads, float value) implements Operator {
  /** What is put into the margin. */
  public enum Mode {
    CONSTANT,
    REFLECT,
    EDGE,
    WRAP
  }

  /** Copies the list. */
  public Pad {
    pads = List.copyOf(pads);
  }

  @Override
  public List<TensorType> infer(Operands operands) {
    Shape input = operands.shapeOfRank(0, pads.size() / 2);
    List<Dim> dims = new ArrayList<>();
    for (int i = 0; i < input.rank(); i++) {
      int added = pads.get(i) + pads.get(i + input.rank());
      Dim dim = input.dims().get(i);
      if (dim.isKnown() && dim.size() + added < 0) {
        throw operands.error("pads %s crop more than shape %s has".formatted(pads, input));
      }
      dims.add(added == 0 ? dim : dim.map(size -> size + added));
    }
    return List.of(operands.type(0).with(new Shape(dims)));
  }

  @Override
  public void channels(ChannelFlow flow) {
    int axis = flow.axis(0);
    if (axis < 0) {
      return;
    }
    if (pads.get(axis) != 0 || pads.get(axis + pads.size() / 2) != 0) {
      flow.pin(0, "channels are padded");
      flow.pinOutput(0, "channels are padded");
    } else {
      if (mode == Mode.CONSTANT && value != 0) {
        flow.selectOnly(0, "padding with a value other than 0");
      }
      flow.pass(0, 0, axis);
    }
  }
}
