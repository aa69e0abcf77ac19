package dev.capstan.torch.internal.regression;

import dev.capstan.torch.internal.distributed.ProcessGroup;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * Sums over what some outputs are, without their bias, and what they should be: r and y, {@code 1^T
 * r, 1^T r^2, 1^T y, 1^T y^2, 1^T (r y)} of each output, in float64.
 *
 * <p>Owns native memory until closed.
 */
public final class OutputMoments implements AutoCloseable {
  private static final int SUMS = 5;

  /** Rows: r, r^2, y, y^2, r y. */
  private final Tensor sums;

  private long rows;

  /**
   * Sums of nothing yet.
   *
   * @param outputs M
   */
  public OutputMoments(long outputs) {
    try (PointerScope scope = new PointerScope()) {
      sums = torch.zeros(new long[] {SUMS, outputs}, new TensorOptions(ScalarType.Double));
      sums.retainReference();
    }
  }

  /**
   * Adds rows.
   *
   * @param outputs r, P x M
   * @param targets y, P x M
   */
  public void add(Tensor outputs, Tensor targets) {
    try (PointerScope scope = new PointerScope()) {
      Tensor r = outputs.to(ScalarType.Double);
      Tensor y = targets.to(ScalarType.Double);
      Tensor[] added = {r, r.square(), y, y.square(), r.mul(y)};
      for (int i = 0; i < SUMS; i++) {
        sums.narrow(0, i, 1).add_(sum(added[i]));
      }
      rows += r.size(0);
    }
  }

  /** Puts the sums of all processes in the place of this one's. */
  public void total(ProcessGroup group) {
    group.allReduce(sums);
    rows = Math.round(group.sum(rows));
  }

  private static Tensor sum(Tensor rows) {
    return rows.sum(new long[] {0}, true, new ScalarTypeOptional());
  }

  private Tensor mean(int row) {
    return sums.narrow(0, row, 1).div(new Scalar((double) rows));
  }

  /**
   * What became of the outputs.
   *
   * @param theta (K + 1) x M, the caller's scope's; null where something is no finite number
   * @param before squared error that was there, relative to {@code ||Y||^2}
   * @param after squared error now
   */
  public record Matched(@Nullable Tensor theta, double before, double after) {}

  /**
   * Gives the outputs the mean and variance of their targets.
   *
   * @param theta (K + 1) x M, its last row the bias
   */
  public Matched matched(Tensor theta) {
    Stretch stretch = new Stretch(mean(0), mean(1), mean(2), mean(3));
    Tensor gain = stretch.gain();
    Tensor stretched = stretch.of(theta, gain);
    double before = error(torch.ones_like(gain), bias(theta));
    return new Matched(
        stretched, before, stretched == null ? before : error(gain, bias(stretched)));
  }

  private static Tensor bias(Tensor theta) {
    return theta.narrow(0, theta.size(0) - 1, 1);
  }

  /** Of outputs {@code gain r + bias}. */
  private double error(Tensor gain, Tensor bias) {
    Tensor crossed = mean(4).mul(gain).add(mean(2).mul(bias)).sub(mean(0).mul(gain).mul(bias));
    Tensor error =
        mean(1)
            .mul(gain.square())
            .add(bias.square())
            .add(mean(3))
            .sub(crossed.mul(new Scalar(2.0)));
    double energy = Math.max(mean(3).sum().item_double(), Double.MIN_NORMAL);
    return Math.max(0, error.sum().item_double() / energy);
  }

  @Override
  public void close() {
    sums.close();
  }
}
