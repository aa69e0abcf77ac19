package dev.capstan.onnx;

import dev.capstan.graph.Constant;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A constant table of indices, each of several numbers.
 *
 * @param sizes extents of the table
 * @param numbers numbers an index
 * @param values all numbers, in row-major order
 */
@SuppressWarnings("ArrayRecordComponent") // read once, never compared
record IndexTable(int[] sizes, int numbers, long[] values) {
  /** A table of single numbers. */
  static IndexTable of(Constant constant) {
    return new IndexTable(sizes(constant, constant.rank()), 1, constant.longs());
  }

  /** A table whose last axis is the numbers of an index. */
  static IndexTable ofRows(Constant constant) {
    int last = constant.rank() - 1;
    return new IndexTable(sizes(constant, last), constant.size(last), constant.longs());
  }

  private static int[] sizes(Constant constant, int rank) {
    return IntStream.range(0, rank).map(constant::size).toArray();
  }

  /** Whether it counts from 0 to before {@code count}. */
  boolean isWhole(long count) {
    return numbers == 1
        && values.length == count
        && IntStream.range(0, values.length).allMatch(i -> values[i] == i);
  }

  /**
   * The start of a box: whether number c of the index at (i0, i1, ...) is start c + ic.
   *
   * @return one number an axis, null if it is no box
   */
  long @Nullable [] box() {
    if (sizes.length != numbers || values.length == 0) {
      return null;
    }
    long[] start = new long[numbers];
    System.arraycopy(values, 0, start, 0, numbers);
    for (int i = 0; i < values.length; i++) {
      int axis = i % numbers;
      if (values[i] != start[axis] + place(i / numbers, axis)) {
        return null;
      }
    }
    return start;
  }

  /** The place along an axis of an index. */
  private int place(int index, int axis) {
    int inner = 1;
    for (int i = axis + 1; i < sizes.length; i++) {
      inner *= sizes[i];
    }
    return index / inner % sizes[axis];
  }
}
