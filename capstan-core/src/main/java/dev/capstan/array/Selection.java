package dev.capstan.array;

import dev.capstan.graph.Constant;
import dev.capstan.graph.ConstantWriter;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/** Elements of an array that are chosen axis by axis, and others put between them. */
final class Selection {
  private final Constant from;
  private final Constant fill;
  private final List<Axis> axes;

  /**
   * An axis of the result.
   *
   * @param size its extent
   * @param place what a coordinate along it adds to the number of the element that is taken, or
   *     {@link #NONE}
   */
  record Axis(long size, IntUnaryOperator place) {}

  /** No element: the filling is put there. */
  static final int NONE = -1;

  private Selection(Constant from, Constant fill, List<Axis> axes) {
    this.from = from;
    this.fill = fill;
    this.axes = axes;
  }

  /** A choice without filling. */
  static Pending of(Constant from, List<Axis> axes) {
    return of(from, from, axes);
  }

  /** A choice with one element of the same type to fill in. */
  static Pending of(Constant from, Constant fill, List<Axis> axes) {
    Selection selection = new Selection(from, fill, axes);
    return Pending.of(from.type(), selection.sizes(), selection::make);
  }

  private long[] sizes() {
    return axes.stream().mapToLong(Axis::size).toArray();
  }

  /** Distances of elements along the axes of an array. */
  static int[] strides(Constant x) {
    int[] strides = new int[x.rank()];
    int stride = 1;
    for (int axis = x.rank() - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= x.size(axis);
    }
    return strides;
  }

  /** All axes of an array as they are. */
  static List<Axis> axes(Constant x) {
    int[] strides = strides(x);
    return IntStream.range(0, x.rank())
        .mapToObj(axis -> new Axis(x.size(axis), i -> i * strides[axis]))
        .toList();
  }

  private Constant make() {
    ConstantWriter result = new ConstantWriter(from.type(), sizes());
    if (result.elements() > 0) {
      int[][] places =
          axes.stream()
              .map(axis -> places(Math.toIntExact(axis.size), axis.place))
              .toArray(int[][]::new);
      take(places, 0, 0, new int[1], result);
    }
    return result.constant();
  }

  private static int[] places(int size, IntUnaryOperator place) {
    int[] places = new int[size];
    Arrays.setAll(places, place);
    return places;
  }

  private void take(int[][] places, int axis, int base, int[] next, ConstantWriter result) {
    if (axis == places.length) {
      result.copy(next[0]++, base < 0 ? fill : from, Math.max(base, 0));
      return;
    }
    for (int place : places[axis]) {
      take(places, axis + 1, base < 0 || place < 0 ? NONE : base + place, next, result);
    }
  }
}
