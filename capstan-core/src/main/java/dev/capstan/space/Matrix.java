package dev.capstan.space;

import java.util.Arrays;

/**
 * A dense matrix of float32, row-major, immutable.
 *
 * @param rows number of rows
 * @param columns number of columns
 * @param values the elements; owned by this matrix, not to be changed
 */
@SuppressWarnings("ArrayRecordComponent")
public record Matrix(int rows, int columns, float[] values) {
  /** Checks the number of elements. */
  public Matrix {
    if (values.length != rows * columns) {
      throw new IllegalArgumentException(
          "%d x %d matrix of %d elements".formatted(rows, columns, values.length));
    }
  }

  /** The columns {@code indices} of the identity of size {@code rows}. */
  public static Matrix selection(int rows, int... indices) {
    float[] values = new float[rows * indices.length];
    for (int column = 0; column < indices.length; column++) {
      values[indices[column] * indices.length + column] = 1;
    }
    return new Matrix(rows, indices.length, values);
  }

  /** Element at a row and column. */
  public float at(int row, int column) {
    return values[row * columns + column];
  }

  /** Product of this one, transposed, and the other: {@code A^T B}. */
  public Matrix transposedTimes(Matrix other) {
    double[] sums = new double[columns * other.columns];
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < columns; i++) {
        double left = at(row, i);
        for (int j = 0; j < other.columns; j++) {
          sums[i * other.columns + j] += left * other.at(row, j);
        }
      }
    }
    float[] product = new float[sums.length];
    for (int i = 0; i < sums.length; i++) {
      product[i] = (float) sums[i];
    }
    return new Matrix(columns, other.columns, product);
  }

  /**
   * One of the equal blocks along the diagonal.
   *
   * @param index which one
   * @param count how many there are
   * @throws IllegalArgumentException if there are not so many, or something lies beside it
   */
  public Matrix diagonalBlock(int index, int count) {
    int height = rows / count;
    int width = columns / count;
    float[] block = new float[height * width];
    boolean diagonal = rows % count == 0 && columns % count == 0;
    for (int i = 0; i < height * columns; i++) {
      float value = at(index * height + i / columns, i % columns);
      int column = i % columns - index * width;
      if (column >= 0 && column < width) {
        block[i / columns * width + column] = value;
      } else {
        diagonal &= value == 0;
      }
    }
    if (!diagonal) {
      throw new IllegalArgumentException(this + " is not made of " + count + " diagonal blocks");
    }
    return new Matrix(height, width, block);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Matrix that
        && rows == that.rows
        && columns == that.columns
        && Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return rows + "x" + columns;
  }
}
