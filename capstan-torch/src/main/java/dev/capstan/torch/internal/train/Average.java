package dev.capstan.torch.internal.train;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;

/**
 * A moving average of tensors: {@code a = d a + (1 - d) w} after each step, with {@code d =
 * min(decay, (1 + t) / (10 + t))} at step t, so that a short run soon forgets where it began. Owns
 * the average until closed.
 */
final class Average implements AutoCloseable {
  private final FlatTensors followed;
  private final FlatTensors mean;
  private final double decay;

  /**
   * An average that begins with the tensors as they are.
   *
   * @param followed what changes; stays the caller's
   * @param decay share of the past, in [0, 1)
   */
  Average(FlatTensors followed, double decay) {
    this.followed = followed;
    this.mean = followed.copy();
    this.decay = decay;
  }

  /** Takes in what a step has made, the {@code done}th of the run. */
  void step(int done) {
    double share = 1 - Math.min(decay, done / (9.0 + done));
    try (NoGradGuard guard = new NoGradGuard();
        PointerScope scope = new PointerScope()) {
      mean.whole().lerp_(followed.whole(), new Scalar(share));
    }
  }

  /** The average, which stays this object's. */
  FlatTensors mean() {
    return mean;
  }

  @Override
  public void close() {
    mean.close();
  }
}
