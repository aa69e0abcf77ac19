package dev.capstan.torch.internal.projection;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/** A matrix without a constraint, one side of an oblique basis: plain Adam. */
public final class FreeMatrix extends LearnedMatrix {
  /** Starts at a matrix, which stays the caller's. */
  public FreeMatrix(Tensor start) {
    super(start);
  }

  @Override
  public void step(Tensor gradient, double rate) {
    try (NoGradGuard guard = new NoGradGuard();
        PointerScope scope = new PointerScope()) {
      replace(matrix().sub(adam.step(gradient, scaled(rate))));
    }
  }
}
