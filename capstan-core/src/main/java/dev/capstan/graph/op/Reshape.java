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
 * The same elements in another shape.
 *
 * @param target the extents; -1 is what is left over, 0 the input's own unless {@code allowZero}
 * @param allowZero whether 0 means an empty axis
 */
public record Reshape(List<Long> target, boolean allowZero) implements Operator {
  /** Copies the list. */
  public Reshape {
    target = List.copyOf(target);
  }

  @Override
  public List<TensorType> infer(Operands operands) {
    Shape input = operands.shape(0);
    List<Dim> dims = new ArrayList<>();
    for (int i = 0; i < target.size(); i++) {
      if (copies(i) && i >= input.rank()) {
        throw operands.error("target %s copies an axis that %s lacks".formatted(target, input));
      }
      dims.add(copies(i) ? input.dims().get(i) : dim(target.get(i)));
    }
    int open = target.indexOf(-1L);
    if (open >= 0) {
      dims.set(open, remainder(input, dims, open));
    }
    Shape output = new Shape(dims);
    if (input.isKnown() && output.isKnown() && input.elements() != output.elements()) {
      throw operands.error("cannot give shape %s to an input of shape %s".formatted(target, input));
    }
    return List.of(operands.type(0).with(output));
  }

  /** Whether the output's extent at this axis is the input's. */
  private boolean copies(int axis) {
    return target.get(axis) == 0 && !allowZero;
  }

  private static Dim dim(long size) {
    return size < 0 ? Dim.UNKNOWN : Dim.of(size);
  }

  /** What is left for the open axis, once the extents that both sides leave open cancel. */
  private Dim remainder(Shape input, List<Dim> dims, int open) {
    Dim total = Dim.of(1);
    for (int i = 0; i < input.rank(); i++) {
      if (i >= dims.size() || !copies(i)) {
        total = total.times(input.dims().get(i));
      }
    }
    long taken = 1;
    for (int i = 0; i < dims.size(); i++) {
      if (i != open && !(copies(i) && i < input.rank())) {
        taken *= dims.get(i).size();
      }
    }
    return total.dividedBy(taken);
  }

  @Override
  public void channels(ChannelFlow flow) {
    Reshaping.channels(flow);
  }

  @Override
  public Operator resized(Widths widths) {
    int axis = widths.outputAxis(0);
    if (axis < 0 || target.get(axis) == -1 || (copies(axis) && widths.inputAxis(0) == axis)) {
      return this;
    }
    List<Long> changed = new ArrayList<>(target);
    changed.set(axis, (long) widths.output(0));
    return new Reshape(changed, allowZero);
  }
}
