package dev.capstan.torch.internal.calibrate;

import dev.capstan.space.Basis;
import dev.capstan.space.Groups;
import dev.capstan.space.Matrix;
import dev.capstan.space.Turns;
import java.util.Arrays;

/**
 * Chooses the channels of a space from which what its readers compute can be rebuilt best: one by
 * one, each the one that takes most from
 *
 * <pre>
 *   tr(A (M - M_s M_ss^-1 M_s^T)),
 * </pre>
 *
 * <p>the readers' squared error when all channels are rebuilt by least squares from those in s,
 * where M = E[x x^T] are the channels' second moments and A = sum W^T W the Gram matrix of the
 * readers' weights. The matrix is swept (Goodnight, <i>A Tutorial on the SWEEP Operator</i>, 1979)
 * on each choice, so one takes O(n^2), and the rebuilding D = M_s M_ss^-1 lies in it at every size:
 * the choices are nested.
 */
public final class GreedySelection {
  /** The least ridge: channels may depend on one another exactly. */
  static final double RIDGE = 1e-6;

  private final int width;
  private final double[] weights;

  /** Inside the channels not chosen yet: what the chosen ones leave of their moments. */
  private final double[] swept;

  /** {@code r_j^T A r_j} by channel j, r_j the column of what is left. */
  private final double[] gains;

  private final boolean[] chosen;

  private final Groups groups;
  private final Turns turns;

  private final int[] order;
  private int count;

  /**
   * Begins with no channel.
   *
   * @param moments M, n x n
   * @param weights A, n x n
   * @param share ridge, relative to the mean of M's diagonal, to which it is added
   * @param groups each of which keeps equally many: they take turns
   */
  GreedySelection(int width, double[] moments, double[] weights, double share, Groups groups) {
    this.width = width;
    this.groups = groups;
    this.turns = new Turns(width, groups);
    this.weights = weights.clone();
    this.swept = moments.clone();
    this.chosen = new boolean[width];
    this.order = new int[width];
    double ridge = share * trace(moments) / width;
    for (int i = 0; i < width; i++) {
      swept[i * width + i] += ridge;
    }
    this.gains = gains();
  }

  private double trace(double[] matrix) {
    double trace = 0;
    for (int i = 0; i < width; i++) {
      trace += matrix[i * width + i];
    }
    return trace;
  }

  private double[] gains() {
    double[] initial = new double[width];
    for (int j = 0; j < width; j++) {
      double[] column = column(j);
      initial[j] = dot(column, times(weights, column));
    }
    return initial;
  }

  /** Chooses until there are {@code rank} channels. */
  public GreedySelection to(int rank) {
    while (count < rank) {
      choose(best());
    }
    return this;
  }

  /** The channel that gains most; the first of those that gain the same. */
  private int best() {
    int best = -1;
    double most = Double.NEGATIVE_INFINITY;
    for (int j = 0; j < width; j++) {
      double left = swept[j * width + j];
      double gain = left > 0 ? gains[j] / left : 0;
      if (!chosen[j] && gain > most && turns.isNext(j)) {
        best = j;
        most = gain;
      }
    }
    return best;
  }

  /** Chooses these channels, whatever they gain. */
  GreedySelection with(int... channels) {
    for (int channel : channels) {
      choose(channel);
    }
    return this;
  }

  private void choose(int channel) {
    double pivot = swept[channel * width + channel];
    if (pivot > 0) {
      updateGains(column(channel), pivot);
      sweep(channel, pivot);
    }
    chosen[channel] = true;
    turns.choose(channel);
    order[count++] = channel;
  }

  /** {@code r_j <- r_j - u u_j / d} changes the quadratic form of each column in O(n). */
  private void updateGains(double[] u, double d) {
    double[] weighted = times(weights, u);
    double own = dot(u, weighted);
    double[] products = leftTimes(weighted);
    for (int j = 0; j < width; j++) {
      double share = u[j] / d;
      gains[j] += share * (share * own - 2 * products[j]);
    }
  }

  /** What is left of M, which is symmetric, times a vector. */
  private double[] leftTimes(double[] vector) {
    double[] product = new double[width];
    for (int i = 0; i < width; i++) {
      if (!chosen[i]) {
        addRow(product, swept, i, vector[i]);
      }
    }
    for (int j = 0; j < width; j++) {
      product[j] = chosen[j] ? 0 : product[j];
    }
    return product;
  }

  /** Rows, not dot products: the loop over them is done many elements at a time. */
  private void addRow(double[] to, double[] matrix, int row, double factor) {
    int from = row * width;
    for (int j = 0; j < width; j++) {
      to[j] += factor * matrix[from + j];
    }
  }

  private void sweep(int k, double pivot) {
    for (int j = 0; j < width; j++) {
      swept[k * width + j] /= pivot;
    }
    for (int i = 0; i < width; i++) {
      double factor = swept[i * width + k];
      if (i != k && factor != 0) {
        for (int j = 0; j < width; j++) {
          swept[i * width + j] -= factor * swept[k * width + j];
        }
        swept[i * width + k] = -factor / pivot;
      }
    }
    swept[k * width + k] = 1 / pivot;
  }

  /** A column of what is left, 0 at the channels chosen. Symmetric, so it is a row. */
  private double[] column(int j) {
    double[] column = Arrays.copyOfRange(swept, j * width, (j + 1) * width);
    for (int i = 0; i < width; i++) {
      column[i] = chosen[i] || chosen[j] ? 0 : column[i];
    }
    return column;
  }

  /** A symmetric matrix times a vector. */
  private double[] times(double[] matrix, double[] vector) {
    double[] product = new double[width];
    for (int i = 0; i < width; i++) {
      if (vector[i] != 0) {
        addRow(product, matrix, i, vector[i]);
      }
    }
    return product;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  /** The channels chosen so far, the first one first. */
  public int[] order() {
    return Arrays.copyOf(order, count);
  }

  /** The channels chosen so far, ascending. */
  private int[] channels() {
    return Arrays.stream(order, 0, count).sorted().toArray();
  }

  /** The channels as they are: E = D. */
  Basis selection() {
    return Basis.selection(width, channels());
  }

  /**
   * E selects the channels, D rebuilds all from them by least squares; where what reads a group
   * reads no other, the selection alone.
   */
  public Basis rebuilding() {
    if (groups.readAlone()) {
      return selection();
    }
    int[] channels = channels();
    float[] decode = new float[width * channels.length];
    for (int column = 0; column < channels.length; column++) {
      int from = channels[column] * width;
      for (int i = 0; i < width; i++) {
        decode[i * channels.length + column] = chosen[i] ? 0 : (float) swept[from + i];
      }
      decode[channels[column] * channels.length + column] = 1;
    }
    return new Basis.Oblique(
        Matrix.selection(width, channels), new Matrix(width, channels.length, decode));
  }
}
