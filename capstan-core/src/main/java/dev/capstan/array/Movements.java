package dev.capstan.array;

import dev.capstan.array.Selection.Axis;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.ConstantWriter;
import dev.capstan.graph.Shape;
import dev.capstan.graph.op.Pad;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Elements in other places, none of them changed. */
public final class Movements {
  private Movements() {}

  /** Axes in another order. */
  public static Pending transposed(Constant x, List<Integer> perm) {
    return Selection.of(x, perm.stream().map(Selection.axes(x)::get).toList());
  }

  /** Indices {@code starts, starts + steps, ...} of each axis, {@code counts} of them. */
  public static Pending sliced(Constant x, long[] starts, long[] steps, long[] counts) {
    int[] strides = Selection.strides(x);
    List<Axis> axes = new ArrayList<>();
    for (int axis = 0; axis < x.rank(); axis++) {
      int at = axis;
      axes.add(new Axis(counts[at], i -> (int) (starts[at] + i * steps[at]) * strides[at]));
    }
    return Selection.of(x, axes);
  }

  /** An array of one element, whatever its shape is, repeated. */
  public static Pending filled(Constant element, long... sizes) {
    return Pending.of(element.type(), sizes, () -> repeated(element, sizes));
  }

  /** What is there is copied behind itself, so that large arrays take few steps. */
  private static Constant repeated(Constant element, long... sizes) {
    int one = element.type().bytes();
    byte[] all = new byte[Math.toIntExact(Math.multiplyExact(Shape.of(sizes).elements(), one))];
    element.bytes().get(all, 0, Math.min(one, all.length));
    int done = one;
    while (done < all.length) {
      int more = Math.min(done, all.length - done);
      System.arraycopy(all, 0, all, done, more);
      done += more;
    }
    return Constant.view(
        element.type(), sizes, ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN));
  }

  /** Broadcast to a shape together with its own. */
  public static Pending expanded(Constant x, long... shape) {
    long[] sizes = Broadcasting.of(List.of(x.sizes(), shape)).sizes();
    int[] strides = Selection.strides(x);
    List<Axis> axes = new ArrayList<>();
    for (int axis = 0; axis < sizes.length; axis++) {
      int own = axis - sizes.length + x.rank();
      int stride = own < 0 || x.size(own) == 1 ? 0 : strides[own];
      axes.add(new Axis(sizes[axis], i -> i * stride));
    }
    return Selection.of(x, axes);
  }

  /** Repeated along each axis. */
  public static Pending tiled(Constant x, long[] repeats) {
    int[] strides = Selection.strides(x);
    List<Axis> axes = new ArrayList<>();
    for (int axis = 0; axis < x.rank(); axis++) {
      int size = x.size(axis);
      int stride = strides[axis];
      axes.add(new Axis(multiplied(size, repeats[axis]), i -> i % size * stride));
    }
    return Selection.of(x, axes);
  }

  private static long multiplied(long size, long times) {
    if (times < 0) {
      throw new InvalidInputException("expected repeats of at least 0, found " + times);
    }
    return times == 0 || size < Long.MAX_VALUE / times ? size * times : Long.MAX_VALUE;
  }

  /** Indices of one axis, whose place the axes of {@code indices} take; negative from the end. */
  public static Pending gathered(Constant x, int axis, Constant indices) {
    int stride = Selection.strides(x)[axis];
    int size = x.size(axis);
    List<Axis> axes = new ArrayList<>(Selection.axes(x));
    axes.set(axis, new Axis(indices.elements(), i -> index(indices.whole(i), size) * stride));
    Pending flat = Selection.of(x, axes);
    long[] sizes =
        Stream.of(
                LongStream.of(x.sizes()).limit(axis),
                LongStream.of(indices.sizes()),
                LongStream.of(x.sizes()).skip(axis + 1L))
            .flatMapToLong(part -> part)
            .toArray();
    return Pending.of(x.type(), sizes, () -> flat.make().reshaped(sizes));
  }

  private static int index(long index, int size) {
    if (index < -size || index >= size) {
      throw new InvalidInputException("index %d of an axis of %d".formatted(index, size));
    }
    return (int) (index < 0 ? index + size : index);
  }

  /** Of each line along an axis the elements that {@code indices}, of as many axes, name. */
  public static Pending gatheredElements(Constant x, int axis, Constant indices) {
    int[] strides = Selection.strides(x);
    int[] own = Selection.strides(indices);
    return Pending.of(
        x.type(),
        indices.sizes(),
        () -> {
          ConstantWriter result = new ConstantWriter(x.type(), indices.sizes());
          for (int i = 0; i < indices.elements(); i++) {
            int place = 0;
            for (int a = 0; a < own.length; a++) {
              int at = i / own[a] % indices.size(a);
              place += strides[a] * index(a == axis ? indices.whole(i) : at, x.size(a));
            }
            result.copy(i, x, place);
          }
          return result.constant();
        });
  }

  /**
   * With margins; what is cropped is so before they are made of the rest.
   *
   * @param pads elements before all axes, then after all; negative ones crop
   * @param value what mode CONSTANT puts there: one element of the same type
   */
  public static Pending padded(Constant x, Pad.Mode mode, List<Integer> pads, Constant value) {
    int[] strides = Selection.strides(x);
    List<Axis> axes = new ArrayList<>();
    for (int axis = 0; axis < x.rank(); axis++) {
      long before = pads.get(axis);
      long after = pads.get(axis + x.rank());
      long rest = x.size(axis) + Math.min(before, 0) + Math.min(after, 0);
      long margins = Math.max(before, 0) + Math.max(after, 0);
      if (rest < 0 || (rest == 0 && margins > 0 && mode != Pad.Mode.CONSTANT)) {
        throw new InvalidInputException("pads %s do not fit %s".formatted(pads, x));
      }
      int first = (int) Math.max(-before, 0);
      int stride = strides[axis];
      IntUnaryOperator place = i -> inside(mode, (int) (i - Math.max(before, 0)), (int) rest);
      axes.add(
          new Axis(
              rest + margins,
              i -> {
                int index = place.applyAsInt(i);
                return index < 0 ? Selection.NONE : (first + index) * stride;
              }));
    }
    return Selection.of(x, value, axes);
  }

  /** The index of an axis whose element stands at one that may lie outside. */
  private static int inside(Pad.Mode mode, int index, int size) {
    if (index >= 0 && index < size) {
      return index;
    }
    return switch (mode) {
      case CONSTANT -> Selection.NONE;
      case EDGE -> Math.max(0, Math.min(index, size - 1));
      case WRAP -> Math.floorMod(index, size);
      case REFLECT -> {
        int period = Math.max(1, 2 * (size - 1));
        int at = Math.floorMod(index, period);
        yield at < size ? at : period - at;
      }
    };
  }

  /**
   * One after the other along an axis.
   *
   * @throws InvalidInputException if their other extents or their types differ
   */
  public static Pending joined(List<Constant> parts, int axis) {
    Constant first = parts.get(0);
    long[] sizes = first.sizes();
    sizes[axis] = parts.stream().mapToLong(part -> extent(part, first, axis)).sum();
    return Pending.of(first.type(), sizes, () -> joined(parts, axis, sizes));
  }

  private static long extent(Constant part, Constant first, int axis) {
    boolean fits = part.rank() == first.rank() && part.type() == first.type();
    for (int i = 0; fits && i < part.rank(); i++) {
      fits = i == axis || part.size(i) == first.size(i);
    }
    if (!fits) {
      throw new InvalidInputException("%s and %s cannot be joined".formatted(first, part));
    }
    return part.size(axis);
  }

  private static Constant joined(List<Constant> parts, int axis, long[] sizes) {
    ConstantWriter result = new ConstantWriter(parts.get(0).type(), sizes);
    int blocks = (int) Shape.of(sizes).elements(0, axis);
    int next = 0;
    for (int block = 0; block < blocks; block++) {
      for (Constant part : parts) {
        int length = part.elements() / blocks;
        for (int i = 0; i < length; i++) {
          result.copy(next++, part, block * length + i);
        }
      }
    }
    return result.constant();
  }
}
