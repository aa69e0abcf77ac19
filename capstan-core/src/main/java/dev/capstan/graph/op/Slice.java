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

/**
 * A part of a tensor, NumPy's {@code start:end:step} for some axes.
 *
 * @param starts first index, one an axis of {@code axes}; negative counts from the end
 * @param ends index after the last, clamped to the extent
 * @param axes the axes
 * @param steps distances, not 0
 */
public record Slice(List<Long> starts, List<Long> ends, List<Integer> axes, List<Long> steps)
    implements Operator {
  /** Copies the lists. */
  public Slice {
    starts = List.copyOf(starts);
    ends = List.copyOf(ends);
    axes = List.copyOf(axes);
    steps = List.copyOf(steps);
  }

  /** First index that entry {@code i} takes of an axis of this extent. */
  public long start(int i, long size) {
    long start = starts.get(i) < 0 ? starts.get(i) + size : starts.get(i);
    return Math.max(0, Math.min(start, steps.get(i) < 0 ? size - 1 : size));
  }

  /** Number of elements that entry {@code i} takes of an axis of this extent. */
  public long count(int i, long size) {
    long step = steps.get(i);
    long span = step < 0 ? start(i, size) - end(i, size) : end(i, size) - start(i, size);
    return span <= 0 ? 0 : (span - 1) / Math.abs(step) + 1;
  }

  private long end(int i, long size) {
    boolean backwards = steps.get(i) < 0;
    if (isOpen(ends.get(i))) {
      return backwards ? -1 : size;
    }
    long end = ends.get(i) < 0 ? ends.get(i) + size : ends.get(i);
    return backwards ? Math.max(-1, Math.min(end, size - 1)) : Math.max(0, Math.min(end, size));
  }

  /**
   * The largest int32 or int64 means "to the end", which lies before 0 where steps are negative.
   */
  private static boolean isOpen(long end) {
    return end == Integer.MAX_VALUE || end == Long.MAX_VALUE;
  }

  @Override
  public List<TensorType> infer(Operands operands) {
    Shape shape = operands.shape(0);
    for (int i = 0; i < axes.size(); i++) {
      int entry = i;
      int axis = shape.axis(axes.get(i));
      Dim dim = shape.dims().get(axis);
      if (!takesAll(i)) {
        shape = shape.with(axis, dim.map(size -> count(entry, size)));
      }
    }
    return List.of(operands.type(0).with(shape));
  }

  private boolean takesAll(int i) {
    return starts.get(i) == 0 && ends.get(i) >= Integer.MAX_VALUE && steps.get(i) == 1;
  }

  @Override
  public void channels(ChannelFlow flow) {
    int axis = flow.axis(0);
    Shape input = flow.operands().shape(0);
    int entry = axis < 0 ? -1 : entry(input, axis);
    if (entry < 0) {
      flow.pass(0, 0, axis);
    } else if (steps.get(entry) != 1) {
      flow.pin(0, "every n-th channel is taken");
      flow.pinOutput(0, "every n-th channel is taken");
    } else {
      flow.choose(0, 0, taken(entry, input.size(axis)));
    }
  }

  /** The entry that takes a part of an axis, -1 for none. */
  private int entry(Shape input, int axis) {
    for (int i = 0; i < axes.size(); i++) {
      if (input.axis(axes.get(i)) == axis && !takesAll(i)) {
        return i;
      }
    }
    return -1;
  }

  private int[] taken(int entry, long size) {
    int start = Math.toIntExact(start(entry, size));
    return IntStream.range(start, start + Math.toIntExact(count(entry, size))).toArray();
  }

  @Override
  public Operator resized(Widths widths) {
    int axis = widths.inputAxis(0);
    int entry = axis < 0 ? -1 : entry(widths.shapeBefore(0), axis);
    if (entry < 0 || steps.get(entry) != 1) {
      return this;
    }
    int[] moved = widths.moved(0, taken(entry, widths.inputBefore(0)));
    return new Slice(
        replaced(starts, entry, moved[0]),
        replaced(ends, entry, moved[moved.length - 1] + 1),
        axes,
        steps);
  }

  private static List<Long> replaced(List<Long> list, int index, long value) {
    List<Long> changed = new ArrayList<>(list);
    changed.set(index, value);
    return changed;
  }
}
