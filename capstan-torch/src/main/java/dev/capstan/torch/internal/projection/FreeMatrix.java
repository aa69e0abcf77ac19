package dev.capstan.torch.internal.projection;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A matrix without a constraint, one side of an oblique basis: Adam, in coordinates in which all of
 * its elements are of one size.
 */
public final class FreeMatrix extends LearnedMatrix {
  private final Tensor scale;

  /**
   * Starts at a matrix.
   *
   * @param scale factor of each element's steps, n x r; both stay the caller's
   */
  public FreeMatrix(Tensor start, Tensor scale) {
    super(start);
    try (PointerScope scope = new PointerScope()) {
      this.scale = scale.detach().to(ScalarType.Float).clone();
      this.scale.retainReference();
    }
  }

  @Override
  public void step(Tensor gradient, double rate) {
    try (NoGradGuard guard = new NoGradGuard();
        PointerScope scope = new PointerScope()) {
      // Adam does not ask how large gradients are, so those of scaled elements need no scaling.
      // Channels after a ReLU are positive, so the gradients of a row of D have one sign: a step is
      // near rank 1, and its spectral norm near sqrt(n r), not sqrt(n) as that of random signs.
      replace(matrix().sub(adam.step(gradient, rate * narrowness()).mul_(this.scale)));
    }
  }

  @Override
  public void close() {
    scale.close();
    super.close();
  }
}
