package dev.capstan.torch.internal.projection;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * A matrix without a constraint, one side of an oblique basis: Adam, in coordinates in which what
 * it multiplies is white.
 */
public final class FreeMatrix extends LearnedMatrix {
  /** By this power of the width rates fall (docs/experiments.md, "White coordinates"). */
  private static final double BY_WIDTH = 1.5;

  private final StepCoordinates coordinates;

  /**
   * Starts at a matrix.
   *
   * @param start n x r; stays the caller's
   * @param coordinates of its steps; this object's from now on
   */
  public FreeMatrix(Tensor start, StepCoordinates coordinates) {
    super(start);
    this.coordinates = coordinates;
  }

  @Override
  public void step(Tensor gradient, double rate) {
    try (NoGradGuard guard = new NoGradGuard();
        PointerScope scope = new PointerScope()) {
      double own = rate * Math.pow(narrowness(), BY_WIDTH);
      Tensor step = adam.step(coordinates.gradient(gradient), own);
      replace(matrix().sub(coordinates.step(step)));
    }
  }

  @Override
  public void close() {
    coordinates.close();
    super.close();
  }
}
