package dev.capstan.torch.internal.train;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Stochastic gradient descent with Nesterov momentum, as PyTorch has it: {@code g = gradient +
 * decay w}, {@code v = momentum v + g}, {@code w = w - rate (g + momentum v)}; v starts at 0.
 *
 * <p>Owns the vectors it is given until closed.
 */
final class NesterovSgd implements AutoCloseable {
  private final Tensor weights;
  private final Tensor gradient;
  private final Tensor velocity;
  private final long decayed;
  private final double momentum;
  private final double decay;

  /**
   * An optimiser of one vector.
   *
   * @param decayed how many elements decay, the first ones
   */
  NesterovSgd(
      Tensor weights,
      Tensor gradient,
      Tensor velocity,
      long decayed,
      double momentum,
      double decay) {
    this.weights = weights;
    this.gradient = gradient;
    this.velocity = velocity;
    this.decayed = decayed;
    this.momentum = momentum;
    this.decay = decay;
  }

  /** One step; the gradient is zero afterwards, ready to be summed up anew. */
  void step(double rate) {
    try (NoGradGuard guard = new NoGradGuard();
        PointerScope scope = new PointerScope()) {
      gradient.narrow(0, 0, decayed).add_(weights.narrow(0, 0, decayed), new Scalar(decay));
      velocity.mul_(new Scalar(momentum)).add_(gradient);
      weights.add_(gradient, new Scalar(-rate)).add_(velocity, new Scalar(-rate * momentum));
      gradient.zero_();
    }
  }

  @Override
  public void close() {
    weights.close();
    gradient.close();
    velocity.close();
  }
}
