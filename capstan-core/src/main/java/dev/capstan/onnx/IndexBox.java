package dev.capstan.onnx;

import dev.capstan.graph.Constant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * The box of places that a table of indices lists, row by row.
 *
 * @param start its first place along the outer axes
 * @param sizes its extents there, {@link #ALL} for the whole of an open axis
 */
record IndexBox(List<Long> start, List<Long> sizes) {
  /** As many as there are. */
  static final long ALL = -1;

  /** The box that a table is, whose last axis is the numbers of an index; null if it is none. */
  static @Nullable IndexBox of(Constant table) {
    long[] start = table.rank() < 2 ? null : IndexTable.ofRows(table).box();
    return start == null
        ? null
        : new IndexBox(
            LongStream.of(start).boxed().toList(),
            LongStream.of(table.sizes()).limit(start.length).boxed().toList());
  }

  /** The same with these rows from the first one on. */
  IndexBox ofRows(long count) {
    List<Long> first = new ArrayList<>(start);
    List<Long> extents = new ArrayList<>(sizes);
    first.set(0, 0L);
    extents.set(0, count);
    return new IndexBox(first, extents);
  }

  /** Whether it is all of an axis of this extent, -1 for an open one. */
  boolean isWhole(int axis, long extent) {
    return start.get(axis) == 0 && sizes.get(axis) == extent;
  }
}
