package dev.capstan.torch.internal.regression;

import dev.capstan.torch.internal.distributed.ProcessGroup;
import dev.capstan.torch.internal.tensor.ThreadedProducts;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * Sums of a least-squares problem {@code min ||X Theta - Y||^2} that comes in pieces: {@code A =
 * X^T X}, {@code B = X^T Y} and {@code ||Y||^2}. The last column of X is 1s: that row of Theta is
 * the bias.
 *
 * <p>Products of a piece are taken in its own precision, their sums in float64: the round-off of a
 * float32 piece, some 1e-6 of the diagonal of A, is far below any sensible ridge.
 *
 * <p>Owns native memory until closed.
 */
public final class NormalEquations implements AutoCloseable {
  /** How often the ridge is raised a hundredfold where A is not positive definite. */
  private static final int MOST_TRIES = 4;

  private static final double SMALLEST_RIDGE = 1e-8;

  private final Tensor gram;
  private final Tensor moments;
  private final Tensor squares;
  private long rows;

  /**
   * Sums of nothing yet.
   *
   * @param inputs K, columns of X without that of 1s
   * @param outputs M, columns of Y
   */
  public NormalEquations(long inputs, long outputs) {
    gram = zeros(inputs + 1, inputs + 1);
    moments = zeros(inputs + 1, outputs);
    squares = zeros(1, outputs);
  }

  private static Tensor zeros(long rows, long columns) {
    try (PointerScope scope = new PointerScope()) {
      Tensor zeros = torch.zeros(new long[] {rows, columns}, new TensorOptions(ScalarType.Double));
      zeros.retainReference();
      return zeros;
    }
  }

  /**
   * Adds equations.
   *
   * @param inputs P x K
   * @param targets P x M
   */
  public void add(Tensor inputs, Tensor targets) {
    try (PointerScope scope = new PointerScope()) {
      Tensor x = torch.cat(new TensorVector(inputs, inputs.new_ones(inputs.size(0), 1)), 1);
      gram.add_(ThreadedProducts.transposedTimes(x, x).to(ScalarType.Double));
      moments.add_(ThreadedProducts.transposedTimes(x, targets).to(ScalarType.Double));
      rows += inputs.size(0);
      squares.add_(columns(targets.to(ScalarType.Double).square()));
    }
  }

  /** Adds the equations of others of the same size. */
  void add(NormalEquations others) {
    gram.add_(others.gram);
    moments.add_(others.moments);
    rows += others.rows;
    squares.add_(others.squares);
  }

  /** Puts the equations of all processes in the place of this one's, matrix by matrix. */
  public void total(ProcessGroup group) {
    Stream.of(gram, moments, squares).forEach(group::allReduce);
    rows = Math.round(group.sum(rows));
  }

  /** Equations that were added. */
  public long rows() {
    return rows;
  }

  /** {@code ||Y||^2}. */
  public double squares() {
    return squares.sum().item_double();
  }

  /** {@code ||X Theta - Y||^2}, at least 0 whatever round-off says. */
  public double error(Tensor theta) {
    try (PointerScope scope = new PointerScope()) {
      Tensor inner = gram.matmul(theta).sub(moments.mul(new Scalar(2)));
      return Math.max(0, squares() + theta.mul(inner).sum().item_double());
    }
  }

  /**
   * Theta with each output brought to the mean and variance of its target over all rows: {@code E[X
   * Theta] = A_K Theta / P} and {@code E[(X Theta)^2] = diag(Theta^T A Theta) / P}, the last column
   * of X being 1s; of Y likewise from B and ||Y||^2.
   *
   * @param theta (K + 1) x M
   * @return (K + 1) x M, the caller's scope's; null where something is no finite number
   */
  @Nullable Tensor matched(Tensor theta) {
    long last = gram.size(0) - 1;
    Scalar count = new Scalar((double) rows);
    Tensor plain = theta.clone();
    plain.narrow(0, last, 1).zero_();
    Tensor weighted = gram.matmul(plain);
    Stretch stretch =
        new Stretch(
            weighted.narrow(0, last, 1).div(count),
            columns(plain.mul(weighted)).div(count),
            moments.narrow(0, last, 1).div(count),
            squares.div(count));
    return stretch.of(theta, stretch.gain());
  }

  private static Tensor columns(Tensor rows) {
    return rows.sum(new long[] {0}, true, new ScalarTypeOptional());
  }

  /** As {@link #solve(Tensor, double)} with Theta_0 = 0. */
  public @Nullable Tensor solve(double ridge) {
    return solve(torch.zeros_like(moments), ridge);
  }

  /**
   * The Theta that minimises {@code ||X Theta - Y||^2 + lambda ||Theta - Theta_0||^2}, by a
   * Cholesky factor; {@code lambda = ridge mean_i A_ii}, and the bias is left out of it. Where A is
   * too near to singular for the ridge, more of it is taken.
   *
   * @param start Theta_0, (K + 1) x M in float64
   * @return Theta, the caller's scope's; null if nothing helped
   */
  public @Nullable Tensor solve(Tensor start, double ridge) {
    Tensor gradient = moments.sub(gram.matmul(start));
    Tensor energies = gram.diagonal().clone();
    energies.narrow(0, energies.size(0) - 1, 1).zero_();
    double energy = energies.sum().item_double() / Math.max(1, energies.size(0) - 1);
    double factor = ridge;
    for (int i = 0; i < MOST_TRIES; i++) {
      Tensor damped = gram.clone();
      damped.diagonal().narrow(0, 0, energies.size(0) - 1).add_(new Scalar(factor * energy));
      T_TensorTensor_T cholesky = torch.linalg_cholesky_ex(damped, false, false);
      if (cholesky.get1().item_int() == 0) {
        Tensor theta = start.add(torch.cholesky_solve(gradient, cholesky.get0(), false));
        return theta.isfinite().all().item_bool() ? theta : null;
      }
      factor = Math.max(SMALLEST_RIDGE, 100 * factor);
    }
    return null;
  }

  @Override
  public void close() {
    gram.close();
    moments.close();
    squares.close();
  }
}
