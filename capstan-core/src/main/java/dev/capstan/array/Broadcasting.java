package dev.capstan.array;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Shape;
import java.util.Arrays;
import java.util.List;

/** NumPy's rule: shapes aligned at the last axis, extents equal or 1. */
final class Broadcasting {
  private final long[] sizes;
  private final long[][] strides;

  private Broadcasting(long[] sizes, long[][] strides) {
    this.sizes = sizes;
    this.strides = strides;
  }

  /** Called for each element of the whole. */
  interface Visitor {
    /**
     * Sees an element.
     *
     * @param index its number in row-major order
     * @param places numbers of the elements of the operands that meet there
     */
    void visit(int index, int[] places);
  }

  static Broadcasting of(Constant... operands) {
    return of(Arrays.stream(operands).map(Constant::sizes).toList());
  }

  /**
   * The shape that shapes have together.
   *
   * @throws InvalidInputException if they do not go together
   */
  static Broadcasting of(List<long[]> operands) {
    long[] sizes = new long[operands.stream().mapToInt(own -> own.length).max().orElse(0)];
    Arrays.fill(sizes, 1);
    for (long[] own : operands) {
      for (int i = 1; i <= own.length; i++) {
        sizes[sizes.length - i] = together(sizes[sizes.length - i], own[own.length - i], operands);
      }
    }
    return new Broadcasting(
        sizes, operands.stream().map(own -> strides(own, sizes.length)).toArray(long[][]::new));
  }

  private static long together(long a, long b, List<long[]> operands) {
    if (a != b && a != 1 && b != 1) {
      List<Shape> shapes = operands.stream().map(Shape::of).toList();
      throw new InvalidInputException("shapes %s do not broadcast".formatted(shapes));
    }
    return a == 1 ? b : a;
  }

  /** Distance of elements along each of {@code rank} axes, 0 along those that are broadcast. */
  private static long[] strides(long[] own, int rank) {
    long[] strides = new long[rank];
    long stride = 1;
    for (int i = 1; i <= own.length; i++) {
      strides[rank - i] = own[own.length - i] == 1 ? 0 : stride;
      stride *= own[own.length - i];
    }
    return strides;
  }

  long[] sizes() {
    return sizes.clone();
  }

  /** Visits all elements, in order. */
  void walk(Visitor visitor) {
    int count = Math.toIntExact(Shape.of(sizes).elements());
    int[] places = new int[strides.length];
    long[] at = new long[sizes.length];
    for (int i = 0; i < count; i++) {
      visitor.visit(i, places);
      advance(at, places);
    }
  }

  private void advance(long[] at, int[] places) {
    for (int axis = sizes.length - 1; axis >= 0; axis--) {
      boolean turns = ++at[axis] == sizes[axis];
      long steps = turns ? 1 - sizes[axis] : 1;
      for (int i = 0; i < places.length; i++) {
        places[i] += (int) (steps * strides[i][axis]);
      }
      if (!turns) {
        return;
      }
      at[axis] = 0;
    }
  }
}
