package dev.capstan.graph.op;

import dev.capstan.graph.ChannelFlow;
import dev.capstan.graph.Operands;
import dev.capstan.graph.Operator;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import java.util.ArrayList;
import java.util.List;

/**
 * A tensor broadcast.
 *
 * @param shape extents that the output has at least, aligned at the last axis
 */
public record Expand(List<Long> shape) implements Operator {
  /** Copies the list. */
  public Expand {
    shape = List.copyOf(shape);
  }

  @Override
  public List<TensorType> infer(Operands operands) {
    Shape target = Shape.of(shape.stream().mapToLong(Long::longValue).toArray());
    return List.of(operands.type(0).with(Broadcast.infer(operands, operands.shape(0), target)));
  }

  @Override
  public void channels(ChannelFlow flow) {
    Shape input = flow.operands().shape(0);
    int channels = flow.axis(0);
    int added = flow.outputType(0).shape().rank() - input.rank();
    if (channels >= 0
        && input.size(channels) != flow.outputType(0).shape().size(channels + added)) {
      flow.pin(0, "channels are broadcast");
    } else if (channels >= 0) {
      flow.pass(0, 0, channels + added);
    }
  }

  @Override
  public Operator resized(Widths widths) {
    int axis = widths.outputAxis(0);
    if (axis < 0 || axis >= shape.size() || shape.get(axis) <= 1) {
      return this;
    }
    List<Long> changed = new ArrayList<>(shape);
    changed.set(axis, (long) widths.output(0));
    return new Expand(changed);
  }
}
