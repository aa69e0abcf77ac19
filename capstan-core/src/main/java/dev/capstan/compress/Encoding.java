package dev.capstan.compress;

import dev.capstan.space.Bases;
import dev.capstan.space.ChannelLayout;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Matrix;
import dev.capstan.space.Space;
import org.jspecify.annotations.Nullable;

/** What a compressed network has in place of a value y of the original: {@code E^T y}. */
public final class Encoding {
  private Encoding() {}

  /**
   * E of all elements along a value's channel axis, n x r: block diagonal over its segments, each
   * block {@code E_s (x) I_repeat}.
   *
   * @return null where the value keeps its channels
   */
  public static @Nullable Matrix of(String value, ChannelSpaces spaces, Bases bases) {
    ChannelLayout layout = spaces.layout(value);
    if (layout == null
        || layout.segments().stream().noneMatch(segment -> bases.contains(segment.space()))) {
      return null;
    }
    int rows = spaces.extent(layout.segments(), Space::width);
    int columns = spaces.extent(layout.segments(), bases::rank);
    float[] values = new float[rows * columns];
    int row = 0;
    int column = 0;
    for (ChannelLayout.Segment segment : layout.segments()) {
      Matrix block = bases.of(spaces.space(segment.space())).encode();
      place(block, segment.repeat(), values, row * columns + column, columns);
      row += block.rows() * segment.repeat();
      column += block.columns() * segment.repeat();
    }
    return new Matrix(rows, columns, values);
  }

  /** Each element of a channel for itself. */
  private static void place(Matrix block, int repeat, float[] values, int start, int columns) {
    for (int i = 0; i < block.rows() * repeat; i++) {
      for (int j = 0; j < block.columns(); j++) {
        values[start + i * columns + j * repeat + i % repeat] = block.at(i / repeat, j);
      }
    }
  }
}
