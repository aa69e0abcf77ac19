package dev.capstan.torch.internal.calibrate;

import dev.capstan.space.Basis;
import dev.capstan.space.Groups;
import dev.capstan.space.Matrix;
import dev.capstan.space.Turns;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

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
 * on each choice, so one takes O(n (n - k)) behind k others, and the rebuilding D = M_s M_ss^-1
 * lies in it at every size: the choices are nested.
 *
 * <p>Channels that are left lie before those that are chosen, of which the first lies last, so that
 * rows are walked along in one piece: a choice changes places with the last one that is left.
 */
public final class GreedySelection {
  /** The least ridge: channels may depend on one another exactly. */
  static final double RIDGE = 1e-6;

  private final int width;

  /** A, in the channels' order of now; of use where both are left. */
  private final double[] weights;

  /**
   * Columns of channels that are left: in their rows what the chosen ones leave of their moments,
   * in those of chosen ones {@code M_ss^-1 M_s^T}.
   */
  private final double[] swept;

  /** {@code r_j^T A r_j} by place, r_j the column of what is left. */
  private final double[] gains;

  /** Which channel lies at a place, and at which one a channel lies. */
  private final int[] channelAt;

  private final int[] place;
  private final Groups groups;
  private final Turns turns;

  /** How many channels are left. */
  private int left;

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
    this.channelAt = IntStream.range(0, width).toArray();
    this.place = channelAt.clone();
    this.left = width;
    double ridge = share * Arrays.stream(SpaceMoments.diagonal(moments)).sum() / width;
    for (int i = 0; i < width; i++) {
      swept[i * width + i] += ridge;
    }
    this.gains = initialGains();
  }

  /** The diagonal of {@code M A M}. */
  private double[] initialGains() {
    try (PointerScope scope = new PointerScope()) {
      Tensor moments = Tensors.of(swept, width, width);
      return Tensors.doubles(Tensors.of(weights, width, width).matmul(moments).mul(moments).sum(0));
    }
  }

  /** Chooses until there are {@code rank} channels. */
  public GreedySelection to(int rank) {
    while (width - left < rank) {
      choose(best());
    }
    return this;
  }

  /** The channel that gains most; the first of those that gain the same. */
  private int best() {
    int best = -1;
    double most = Double.NEGATIVE_INFINITY;
    for (int channel = 0; channel < width; channel++) {
      int at = place[channel];
      double variance = swept[at * width + at];
      double gain = at < left && variance > 0 ? gains[at] / variance : 0;
      if (at < left && gain > most && turns.isNext(channel)) {
        best = channel;
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
    int last = left - 1;
    exchange(place[channel], last);
    double pivot = swept[last * width + last];
    if (pivot > 0) {
      sweep(last, pivot);
    }
    turns.choose(channel);
    left--;
  }

  /** Has the channels at two places change them. */
  private void exchange(int a, int b) {
    if (a == b) {
      return;
    }
    exchange(swept, a, b);
    exchange(weights, a, b);
    swap(gains, a, b);
    int channel = channelAt[a];
    channelAt[a] = channelAt[b];
    channelAt[b] = channel;
    place[channelAt[a]] = a;
    place[channelAt[b]] = b;
  }

  private void exchange(double[] matrix, int a, int b) {
    for (int j = 0; j < width; j++) {
      swap(matrix, a * width + j, b * width + j);
    }
    for (int i = 0; i < width; i++) {
      swap(matrix, i * width + a, i * width + b);
    }
  }

  private static void swap(double[] elements, int a, int b) {
    double element = elements[a];
    elements[a] = elements[b];
    elements[b] = element;
  }

  /**
   * Takes what the channel at place k, the last one left, tells of the others. With its column u
   * and d = u_k, what is left is {@code R - u u^T / d}, and {@code r_j - u u_j / d} changes the
   * quadratic form of each column in O(n).
   */
  private void sweep(int k, double d) {
    double[] u = Arrays.copyOfRange(swept, k * width, k * width + left);
    double[] weighted = weighted(u);
    double own = dot(u, weighted);
    double[] products = new double[left];
    for (int i = 0; i < left; i++) {
      addRow(products, swept, i, weighted[i]);
      if (i != k) {
        subtractRow(i, k, u[i] / d);
      }
    }
    for (int j = 0; j < k; j++) {
      double share = u[j] / d;
      gains[j] += share * (share * own - 2 * products[j]);
      swept[k * width + j] = share;
    }
    for (int i = left; i < width; i++) {
      subtractRow(i, k, swept[i * width + k]);
    }
  }

  /** {@code A u}, over channels that are left. */
  private double[] weighted(double[] u) {
    double[] product = new double[left];
    for (int i = 0; i < left; i++) {
      addRow(product, weights, i, u[i]);
    }
    return product;
  }

  /** Rows, not dot products: the loop over them is done many elements at a time. */
  private void addRow(double[] to, double[] matrix, int row, double factor) {
    int from = row * width;
    for (int j = 0; j < to.length; j++) {
      to[j] += factor * matrix[from + j];
    }
  }

  /** Over the columns before that of place k. */
  private void subtractRow(int row, int k, double factor) {
    int to = row * width;
    int from = k * width;
    for (int j = 0; j < k; j++) {
      swept[to + j] -= factor * swept[from + j];
    }
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
    return IntStream.range(0, width - left).map(i -> channelAt[width - 1 - i]).toArray();
  }

  /** The channels chosen so far, ascending. */
  private int[] channels() {
    return Arrays.stream(channelAt, left, width).sorted().toArray();
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
      int from = place[channels[column]] * width;
      for (int j = 0; j < left; j++) {
        decode[channelAt[j] * channels.length + column] = (float) swept[from + j];
      }
      decode[channels[column] * channels.length + column] = 1;
    }
    return new Basis.Oblique(
        Matrix.selection(width, channels), new Matrix(width, channels.length, decode));
  }
}
