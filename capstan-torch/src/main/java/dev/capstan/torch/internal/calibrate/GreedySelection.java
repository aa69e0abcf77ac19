package dev.capstan.torch.internal.calibrate;

import dev.capstan.space.Basis;
import dev.capstan.space.Groups;
import dev.capstan.space.Turns;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

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
 * readers' weights. With R what is left of M, its column u at the channel chosen and d = u_k, each
 * choice is a step of a Cholesky factorisation,
 *
 * <pre>
 *   R <- R - u u^T / d,
 *   R A R <- R A R - u q^T - q u^T,   q = R A u / d - (u^T A u) u / (2 d^2),
 * </pre>
 *
 * <p>and a channel takes {@code (R A R)_jj / R_jj}: nothing but one column of each is read a
 * choice. The rebuilding D = M_s M_ss^-1 is the factor solved by its rows of s, at every size: the
 * choices are nested.
 */
public final class GreedySelection {
  /**
   * The least ridge: channels may depend on one another exactly, and moments summed in single
   * precision are then nothing but rounding, some 1e-6 of their mean.
   */
  static final double RIDGE = 1e-5;

  /** Choices after which matrices are brought up to date, and rid of what is chosen. */
  private static final int BLOCK = 16;

  private final int width;
  private final Groups groups;
  private final Turns turns;

  /** R, and R A R, at the channels of these places. */
  private final DowndatedMatrix left;

  private final DowndatedMatrix explained;

  /** Which channels lie there, ascending. */
  private int[] channelAt;

  private final boolean[] isChosen;

  /** The channels chosen, the first one first, and beside each its column u / d, by channel. */
  private final List<Integer> order = new ArrayList<>();

  private final List<double[]> factor = new ArrayList<>();

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
    this.channelAt = IntStream.range(0, width).toArray();
    this.isChosen = new boolean[width];
    double[] begun = moments.clone();
    double ridge = share * Arrays.stream(SpaceMoments.diagonal(moments)).sum() / width;
    for (int i = 0; i < width; i++) {
      begun[i * (width + 1)] += ridge;
    }
    this.explained = new DowndatedMatrix(width, sandwich(begun, weights));
    this.left = new DowndatedMatrix(width, begun);
  }

  /** {@code M A M}. */
  private double[] sandwich(double[] m, double[] a) {
    try (PointerScope scope = new PointerScope()) {
      Tensor moments = Tensors.of(m, width, width);
      return Tensors.doubles(moments.matmul(Tensors.of(a, width, width)).matmul(moments));
    }
  }

  /** Chooses until there are {@code rank} channels. */
  public GreedySelection to(int rank) {
    while (order.size() < rank) {
      choose(best());
    }
    return this;
  }

  /** The place of the channel that takes most; the first of those that take the same. */
  private int best() {
    int best = -1;
    double most = Double.NEGATIVE_INFINITY;
    for (int at = 0; at < channelAt.length; at++) {
      double variance = left.diagonal(at);
      double gain = variance > 0 ? explained.diagonal(at) / variance : 0;
      int channel = channelAt[at];
      if (!isChosen[channel] && gain > most && turns.isNext(channel)) {
        best = at;
        most = gain;
      }
    }
    return best;
  }

  /** Chooses these channels, whatever they take. */
  GreedySelection with(int... channels) {
    for (int channel : channels) {
      choose(Arrays.binarySearch(channelAt, channel));
    }
    return this;
  }

  private void choose(int at) {
    int channel = channelAt[at];
    double[] u = unchosen(left.column(at));
    double d = u[at];
    double[] column = new double[width];
    if (d > 0) {
      double[] share = Arrays.stream(u).map(x -> x / d).toArray();
      downdate(at, u, share);
      for (int i = 0; i < u.length; i++) {
        column[channelAt[i]] = share[i];
      }
    }
    column[channel] = 1;
    factor.add(column);
    order.add(channel);
    isChosen[channel] = true;
    turns.choose(channel);
    if (order.size() % BLOCK == 0) {
      settle();
    }
  }

  private void downdate(int at, double[] u, double[] share) {
    double[] product = unchosen(explained.column(at));
    double d = u[at];
    double half = product[at] / (2 * d);
    double[] q = new double[u.length];
    Arrays.setAll(q, i -> product[i] / d - half * share[i]);
    left.subtract(u, share);
    explained.subtract(u, q);
    explained.subtract(q, u);
  }

  /** What is left of channels that are chosen is nothing but rounding. */
  private double[] unchosen(double[] column) {
    for (int i = 0; i < column.length; i++) {
      column[i] = isChosen[channelAt[i]] ? 0 : column[i];
    }
    return column;
  }

  private void settle() {
    int[] rest =
        IntStream.range(0, channelAt.length).filter(at -> !isChosen[channelAt[at]]).toArray();
    left.keep(rest);
    explained.keep(rest);
    channelAt = IntStream.of(rest).map(at -> channelAt[at]).toArray();
  }

  /** The channels chosen so far, the first one first. */
  public int[] order() {
    return order.stream().mapToInt(Integer::intValue).toArray();
  }

  /** The channels chosen so far, ascending. */
  private int[] channels() {
    return IntStream.of(order()).sorted().toArray();
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
    return groups.readAlone() || order.isEmpty()
        ? selection()
        : new Rebuilding(channels(), solved()).basis();
  }

  /** D, n x r: with L the factor, {@code L L_ss^-1}, its columns in the order of channels. */
  private double[] solved() {
    try (PointerScope scope = new PointerScope()) {
      double[] rows = factor.stream().flatMapToDouble(Arrays::stream).toArray();
      Tensor transposed = Tensors.of(rows, factor.size(), width);
      Tensor chosen = Rebuilding.index(order());
      Tensor own = transposed.index_select(1, chosen);
      Tensor decode = torch.linalg_solve_triangular(own, transposed, true, true, true);
      decode.index_copy_(1, chosen, torch.eye(order.size()).to(decode.scalar_type()));
      Tensor ascending = chosen.argsort();
      return Tensors.doubles(decode.index_select(0, ascending).t().contiguous());
    }
  }
}
