package dev.capstan.graph.op;

import dev.capstan.graph.ChannelFlow;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Operands;
import dev.capstan.graph.Operator;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Some indices of one axis.
 *
 * @param axis along which, from 0
 * @param indices which ones; negative counts from the end
 * @param keepAxis whether the axis stays; else there is one index, and the axis is gone
 */
public record Gather(int axis, List<Long> indices, boolean keepAxis) implements Operator {
  /** Copies the list. */
  public Gather {
    indices = List.copyOf(indices);
  }

  @Override
  public List<TensorType> infer(Operands operands) {
    Shape input = operands.shape(0);
    long extent = input.size(input.axis(axis));
    if (extent >= 0 && indices.stream().anyMatch(i -> i < -extent || i >= extent)) {
      throw operands.error(
          "expected indices of axis %d of shape %s, found %s".formatted(axis, input, indices));
    }
    List<Dim> dims = new ArrayList<>(input.dims());
    if (keepAxis) {
      dims.set(axis, Dim.of(indices.size()));
    } else {
      dims.remove(axis);
    }
    return List.of(operands.type(0).with(new Shape(dims)));
  }

  @Override
  public void channels(ChannelFlow flow) {
    int channels = flow.axis(0);
    if (axis == channels && keepAxis) {
      flow.choose(0, 0, resolved(flow.operands().shape(0).size(axis)));
    } else if (!keepAxis && channels >= 0 && (axis == channels || axis == 0)) {
      flow.pin(0, "gathers channels or one of the batch");
      flow.pinOutput(0, "gathered from channels or the batch");
    } else {
      flow.pass(0, 0, !keepAxis && axis < channels ? channels - 1 : channels);
    }
  }

  /** The indices into an axis of this extent, from 0. */
  private int[] resolved(long extent) {
    return indices.stream().mapToInt(i -> Math.toIntExact(i < 0 ? i + extent : i)).toArray();
  }

  @Override
  public Operator resized(Widths widths) {
    return keepAxis && widths.inputAxis(0) == axis
        ? along(axis, widths.moved(0, resolved(widths.inputBefore(0))))
        : this;
  }

  /** These indices of an axis, which stays. */
  public static Gather along(int axis, int[] indices) {
    return new Gather(axis, Arrays.stream(indices).mapToObj(i -> (long) i).toList(), true);
  }
}
