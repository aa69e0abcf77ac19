package dev.capstan.torch.internal.regression;

import dev.capstan.torch.internal.distributed.ProcessGroup;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Least squares {@code min ||X Theta - Y||^2 + lambda ||Theta - Theta_0||^2} with the lambda that
 * serves images best whose equations were left out: every fourth one. What reads pooled channels
 * has one equation an image, so a few hundred images fit a thousand weights exactly, and foretell
 * nothing of the next one.
 *
 * <p>Owns native memory until closed.
 */
public final class HeldOutRidge implements AutoCloseable {
  /** From one lambda to the next. */
  private static final double STEP = 10;

  private static final double LEAST = 1e-8;

  /** Beyond it little moves but the bias. */
  private static final double MOST = 1000;

  /** Errors are relative to {@code ||Y||^2}. */
  private static final double ROUND_OFF = 1e-12;

  private final NormalEquations fitted;
  private final NormalEquations heldOut;

  /**
   * Equations of no images yet.
   *
   * @param inputs K, columns of X without that of 1s
   * @param outputs M, columns of Y
   */
  public HeldOutRidge(long inputs, long outputs) {
    fitted = new NormalEquations(inputs, outputs);
    heldOut = new NormalEquations(inputs, outputs);
  }

  /**
   * Adds the equations of some images, those of an image in a row.
   *
   * @param inputs P x K
   * @param targets P x M
   * @param first number of the first image
   * @param count images, a divisor of P
   */
  public void add(Tensor inputs, Tensor targets, long first, long count) {
    HeldOutImages split = new HeldOutImages(first, count);
    add(fitted, split.fitted(inputs), split.fitted(targets));
    add(heldOut, split.leftOut(inputs), split.leftOut(targets));
  }

  private static void add(NormalEquations to, @Nullable Tensor x, @Nullable Tensor y) {
    if (x != null && y != null) {
      to.add(x, y);
    }
  }

  /** Puts the equations of all processes in the place of this one's. */
  public void total(ProcessGroup group) {
    fitted.total(group);
    heldOut.total(group);
  }

  /**
   * What was solved for.
   *
   * @param theta Theta, from all equations, the caller's scope's; null where Theta_0 is best, or
   *     nothing could be solved for
   * @param before squared error of Theta_0 on what was left out, relative to {@code ||Y||^2} there
   * @param after the same of a Theta from the other equations
   */
  public record Solution(@Nullable Tensor theta, double before, double after) {}

  /**
   * Solves.
   *
   * @param start Theta_0, (K + 1) x M in float64
   * @param least the smallest lambda that is tried, relative to the mean of A's diagonal
   * @param matches whether outputs then get their targets' mean and variance
   */
  public Solution solve(Tensor start, double least, boolean matches) {
    NormalEquations judge = heldOut.rows() > 0 ? heldOut : fitted;
    double energy = Math.max(judge.squares(), Double.MIN_NORMAL);
    double before = judge.error(start) / energy;
    double best = before - ROUND_OFF;
    double chosen = Double.NaN;
    for (double ridge = Math.max(least, LEAST); ridge <= MOST; ridge *= STEP) {
      Tensor theta = fitted.solve(start, ridge);
      double after = theta == null ? Double.NaN : judge.error(theta) / energy;
      if (after < best) {
        best = after;
        chosen = ridge;
      } else if (!Double.isNaN(chosen) || judge == fitted) {
        break;
      }
    }
    fitted.add(heldOut);
    Tensor theta = Double.isNaN(chosen) ? null : fitted.solve(start, chosen);
    if (matches) {
      theta = fitted.matched(theta == null ? start : theta);
    }
    return new Solution(theta, before, theta == null ? before : best);
  }

  @Override
  public void close() {
    fitted.close();
    heldOut.close();
  }
}
