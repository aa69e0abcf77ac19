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
 * {@code X, numbers -> Y}: undoes a {@link MaxPool}. Each element of X goes to the place in Y that
 * its number says, counted row by row through all of Y; the rest of Y is 0.
 *
 * @param window the window of the pooling, padded by as much as is written out
 */
public record MaxUnpool(Window window) implements Operator {
  @Override
  public List<TensorType> infer(Operands operands) {
    Shape x = operands.shapeOfRank(0, window.rank() + 2);
    Shape numbers = operands.shapeOfRank(1, x.rank());
    for (int axis = 0; axis < x.rank(); axis++) {
      boolean known = x.size(axis) >= 0 && numbers.size(axis) >= 0;
      if (known && x.size(axis) != numbers.size(axis)) {
        throw operands.error("expected a number an element of %s, found %s".formatted(x, numbers));
      }
    }
    return List.of(operands.type(0).with(shape(x)));
  }

  /** Shape of the output where X has this one. */
  public Shape shape(Shape x) {
    List<Dim> dims = new ArrayList<>(x.dims().subList(0, 2));
    for (int i = 0; i < window.rank(); i++) {
      int axis = i;
      dims.add(x.dims().get(i + 2).map(size -> extent(axis, size)));
    }
    return new Shape(dims);
  }

  private long extent(int axis, long size) {
    int pads = window.pads().get(axis) + window.pads().get(axis + window.rank());
    return (size - 1) * window.strides().get(axis) + window.kernel().get(axis) - pads;
  }

  @Override
  public void channels(ChannelFlow flow) {
    if (flow.alongAxis(0, 1) && flow.alongAxis(1, 1)) {
      flow.join(new int[] {0, 1}, 0, false);
    }
  }
}
