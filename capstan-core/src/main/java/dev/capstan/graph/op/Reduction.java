package dev.capstan.graph.op;

import dev.capstan.graph.ChannelFlow;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Operands;
import dev.capstan.graph.Operator;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** An operator that makes one element of all along some axes. */
public interface Reduction extends Operator {
  /** The axes; none means all, negative ones count from the end. */
  List<Integer> axes();

  /** Whether they stay with extent 1. */
  boolean keepDims();

  /** The axes of an input of this shape, ascending. */
  default List<Integer> axes(Shape input) {
    return axes().isEmpty()
        ? IntStream.range(0, input.rank()).boxed().toList()
        : axes().stream().map(input::axis).sorted().toList();
  }

  @Override
  default List<TensorType> infer(Operands operands) {
    Shape input = operands.shape(0);
    List<Integer> reduced = axes(input);
    List<Dim> dims = new ArrayList<>();
    for (int axis = 0; axis < input.rank(); axis++) {
      if (!reduced.contains(axis)) {
        dims.add(input.dims().get(axis));
      } else if (keepDims()) {
        dims.add(Dim.of(1));
      }
    }
    return List.of(operands.type(0).with(new Shape(dims)));
  }

  @Override
  default void channels(ChannelFlow flow) {
    int channels = flow.axis(0);
    List<Integer> reduced = axes(flow.operands().shape(0));
    // Without the batch, what lies first would be the rows of what follows.
    if (this instanceof ReduceMean && reduced.contains(channels) && !reduced.contains(0)) {
      flow.pool(0, 1, "mean over channels");
    } else if (reduced.contains(channels) || reduced.contains(0)) {
      flow.pin(0, "reduction over channels or the batch");
    } else {
      long before = keepDims() ? 0 : reduced.stream().filter(axis -> axis < channels).count();
      flow.pass(0, 0, channels - (int) before);
    }
  }
}
