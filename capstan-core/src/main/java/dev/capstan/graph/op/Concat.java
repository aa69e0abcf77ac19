package dev.capstan.graph.op;

import dev.capstan.graph.ChannelFlow;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Operands;
import dev.capstan.graph.Operator;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Tensors one after the other.
 *
 * @param axis along which; negative counts from the end
 */
public record Concat(int axis) implements Operator {
  @Override
  public List<TensorType> infer(Operands operands) {
    Shape shape = operands.shape(0);
    int along = shape.axis(axis);
    long total = 0;
    for (int i = 0; i < operands.count(); i++) {
      Shape next = operands.shapeOfRank(i, shape.rank());
      total = total < 0 || next.size(along) < 0 ? -1 : total + next.size(along);
      for (int other = 0; other < shape.rank(); other++) {
        if (other != along && differ(shape.size(other), next.size(other))) {
          throw operands.error("shapes %s and %s do not fit".formatted(shape, next));
        }
        if (other != along && next.dims().get(other).isKnown()) {
          shape = shape.with(other, next.dims().get(other));
        }
      }
    }
    return List.of(
        operands.type(0).with(shape.with(along, total < 0 ? Dim.UNKNOWN : Dim.of(total))));
  }

  private static boolean differ(long a, long b) {
    return a >= 0 && b >= 0 && a != b;
  }

  @Override
  public void channels(ChannelFlow flow) {
    int[] inputs = IntStream.range(0, flow.operands().count()).toArray();
    int along = flow.operands().shape(0).axis(axis);
    int channels = IntStream.of(inputs).map(flow::axis).max().orElse(-1);
    if (channels == along) {
      flow.concatenate(0, along);
    } else if (IntStream.of(inputs).anyMatch(i -> flow.constant(i) != null)) {
      for (int input : inputs) {
        flow.pin(input, "concatenated with a constant");
      }
    } else {
      flow.join(inputs, 0, false);
    }
  }
}
