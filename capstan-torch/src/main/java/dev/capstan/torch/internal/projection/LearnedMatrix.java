package dev.capstan.torch.internal.projection;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A matrix of n channels by r that follows gradients by Adam, float32. Owns it and the optimiser's
 * moments until closed.
 */
public abstract class LearnedMatrix implements AutoCloseable {
  /** Width whose learning rate is the nominal one. */
  private static final double REFERENCE_WIDTH = 64;

  private Tensor matrix;
  private Tensor kept;
  final Adam adam;

  /** Starts at a matrix, which stays the caller's. */
  LearnedMatrix(Tensor start) {
    try (PointerScope scope = new PointerScope()) {
      matrix = start.detach().to(ScalarType.Float).clone();
      matrix.retainReference();
      kept = matrix.clone();
      kept.retainReference();
      adam = new Adam(matrix);
    }
  }

  /** The matrix as a leaf that needs a gradient; the caller's. */
  public final Tensor leaf() {
    return matrix.detach().set_requires_grad(true);
  }

  /** The matrix, which stays this object's. */
  public final Tensor matrix() {
    return matrix;
  }

  /**
   * One step.
   *
   * @param gradient of the loss by the matrix, n x r
   * @param rate learning rate at 64 channels; a step's spectral norm grows with the square root of
   *     the width, and the rate is scaled to make up for that
   */
  public abstract void step(Tensor gradient, double rate);

  /** Remembers the matrix as it stands, to go back to. */
  public final void keep() {
    kept.copy_(matrix);
  }

  /** Goes back to the matrix that was remembered, at first the start; the optimiser is at rest. */
  public final void back() {
    try (PointerScope scope = new PointerScope()) {
      replace(kept.clone());
    }
    adam.rest();
  }

  final double scaled(double rate) {
    return rate * Math.min(1, Math.sqrt(REFERENCE_WIDTH / matrix.size(0)));
  }

  final void replace(Tensor now) {
    now.retainReference();
    matrix.close();
    matrix = now;
  }

  @Override
  public final void close() {
    matrix.close();
    kept.close();
    adam.close();
  }
}
