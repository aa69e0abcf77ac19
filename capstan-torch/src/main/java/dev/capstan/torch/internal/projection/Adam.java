package dev.capstan.torch.internal.projection;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The moments of Adam (Kingma and Ba, 2015) for one matrix, float32. Owns them until closed. */
final class Adam implements AutoCloseable {
  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final double EPSILON = 1e-8;

  private final Tensor mean;
  private final Tensor variance;
  private int steps;

  /** Begins at rest, for a matrix like this one. */
  Adam(Tensor matrix) {
    mean = torch.zeros_like(matrix);
    variance = torch.zeros_like(matrix);
    mean.retainReference();
    variance.retainReference();
  }

  /** The step along a gradient, to be subtracted; the caller's. */
  Tensor step(Tensor gradient, double rate) {
    steps++;
    mean.mul_(new Scalar(BETA1)).add_(gradient, new Scalar(1 - BETA1));
    variance.mul_(new Scalar(BETA2)).addcmul_(gradient, gradient, new Scalar(1 - BETA2));
    Tensor root = variance.mul(new Scalar(1 / (1 - Math.pow(BETA2, steps)))).sqrt_();
    return mean.div(root.add_(new Scalar(EPSILON)))
        .mul_(new Scalar(rate / (1 - Math.pow(BETA1, steps))));
  }

  /** What the steps to come depend on; the tensors stay this object's. */
  State state() {
    return new State(mean, variance, steps);
  }

  /** Goes back to a state, whose tensors stay the caller's. */
  void set(State state) {
    mean.copy_(state.mean);
    variance.copy_(state.variance);
    steps = state.steps;
  }

  /** The moments after so many steps. */
  record State(Tensor mean, Tensor variance, int steps) {}

  /** Forgets all gradients. */
  void rest() {
    mean.zero_();
    variance.zero_();
    steps = 0;
  }

  @Override
  public void close() {
    mean.close();
    variance.close();
  }
}
