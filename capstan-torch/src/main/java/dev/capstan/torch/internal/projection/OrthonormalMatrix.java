package dev.capstan.torch.internal.projection;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * A matrix P with orthonormal columns: the closed gradient of the proxy at Y = P, Adam's step, and
 * back to the nearest orthonormal matrix (docs/method.md, section 4.3). Round-off that a step
 * leaves is corrected on the way back.
 */
public final class OrthonormalMatrix extends LearnedMatrix {
  /** Starts at P, n x r, whose columns must be orthonormal; the tensor stays the caller's. */
  public OrthonormalMatrix(Tensor start) {
    super(start);
  }

  @Override
  public void step(Tensor gradient, double rate) {
    try (NoGradGuard guard = new NoGradGuard();
        PointerScope scope = new PointerScope()) {
      Tensor p = matrix();
      Tensor step = adam.step(Polar.tangent(p, gradient), rate * Math.sqrt(narrowness()));
      // Adam's scaling leaves the tangent space. Back in it, Y^T Y = I + step^T step: the nearest
      // orthonormal matrix is a step of second order away.
      replace(Polar.factor(p.sub(Polar.tangent(p, step))));
    }
  }
}
