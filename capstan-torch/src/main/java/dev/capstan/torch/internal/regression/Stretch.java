package dev.capstan.torch.internal.regression;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Brings outputs to the mean and variance of their targets, each by a factor and a bias. Least
 * squares gives the expectation of y given x, whose variance is {@code rho^2} times that of y; an
 * activation behind it would let through as much less.
 *
 * @param mean of the outputs without their bias, 1 x M
 * @param square mean of their squares
 * @param goal mean of the targets
 * @param goalSquare mean of their squares
 */
record Stretch(Tensor mean, Tensor square, Tensor goal, Tensor goalSquare) {
  /** The most that outputs are stretched by: beyond it, little of the target is foretold. */
  private static final double MOST_GAIN = 5;

  /** Share of the mean square below which a variance is round-off. */
  private static final double CONSTANT = 1e-10;

  /**
   * Theta of the stretched outputs.
   *
   * @param theta (K + 1) x M, its last row the bias
   * @param gain that of {@link #gain}
   * @return alike, the caller's scope's; null where something is no finite number
   */
  @Nullable Tensor of(Tensor theta, Tensor gain) {
    long last = theta.size(0) - 1;
    Tensor stretched = theta.mul(gain);
    stretched.narrow(0, last, 1).copy_(goal.sub(mean.mul(gain)));
    return stretched.isfinite().all().item_bool() ? stretched : null;
  }

  /** Factor of each output, 1 x M. */
  Tensor gain() {
    Tensor variance = square.sub(mean.square());
    Tensor wanted = goalSquare.sub(goal.square()).clamp_min(new Scalar(0.0));
    Tensor varies = variance.gt(square.mul(new Scalar(CONSTANT)));
    Tensor gain =
        torch.where(varies, wanted.div(variance).sqrt(), variance.new_ones(variance.shape()));
    return gain.clamp_min(new Scalar(1 / MOST_GAIN)).clamp_max(new Scalar(MOST_GAIN));
  }
}
