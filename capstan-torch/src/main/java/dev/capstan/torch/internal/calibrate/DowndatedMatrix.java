package dev.capstan.torch.internal.calibrate;

import java.util.ArrayList;
import java.util.List;

/**
 * A symmetric matrix from which products {@code a b^T} are taken away one after the other, and of
 * which columns are asked for in between. The products are kept, and taken away several at a time:
 * a pass over a large matrix costs more for what it moves than for what it computes.
 */
final class DowndatedMatrix {
  private final double[] elements;
  private final double[] diagonal;
  private final List<double[]> a = new ArrayList<>();
  private final List<double[]> b = new ArrayList<>();
  private int size;

  /**
   * Begins with a matrix.
   *
   * @param elements row-major; they become this object's
   */
  DowndatedMatrix(int size, double[] elements) {
    this.size = size;
    this.elements = elements;
    this.diagonal = SpaceMoments.diagonal(elements);
  }

  /** An element of the diagonal as it stands. */
  double diagonal(int i) {
    return diagonal[i];
  }

  /** A column as it stands; its own copy. */
  double[] column(int k) {
    double[] column = new double[size];
    System.arraycopy(elements, k * size, column, 0, size);
    for (int i = 0; i < a.size(); i++) {
      subtract(column, b.get(i)[k], a.get(i));
    }
    return column;
  }

  /** Takes {@code a b^T} away. What is taken between two calls of {@link #keep} is symmetric. */
  void subtract(double[] left, double[] right) {
    a.add(left);
    b.add(right);
    for (int i = 0; i < size; i++) {
      diagonal[i] -= left[i] * right[i];
    }
  }

  /** Leaves nothing but these rows and columns, ascending. */
  void keep(int[] rows) {
    List<double[]> kept = b.stream().map(vector -> at(vector, rows)).toList();
    double[] row = new double[rows.length];
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < rows.length; j++) {
        row[j] = elements[rows[i] * size + rows[j]];
      }
      for (int p = 0; p < kept.size(); p++) {
        subtract(row, a.get(p)[rows[i]], kept.get(p));
      }
      // Rows that are still to be read lie behind: none moves down.
      System.arraycopy(row, 0, elements, i * rows.length, rows.length);
      diagonal[i] = row[i];
    }
    size = rows.length;
    a.clear();
    b.clear();
  }

  private static double[] at(double[] vector, int[] places) {
    double[] kept = new double[places.length];
    for (int i = 0; i < places.length; i++) {
      kept[i] = vector[places[i]];
    }
    return kept;
  }

  private static void subtract(double[] from, double factor, double[] vector) {
    for (int j = 0; j < from.length; j++) {
      from[j] -= factor * vector[j];
    }
  }
}
