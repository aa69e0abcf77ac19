package dev.capstan.torch.internal.projection;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.LinkedHashMap;
import java.util.Map;
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
   * @param rate learning rate at 64 channels; steps of wider matrices are larger in norm, which
   *     makes up for that
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

  /** All that the steps to come depend on, n x r each, and the optimiser's steps. */
  public final Map<String, Constant> state() {
    Adam.State moments = adam.state();
    Map<String, Constant> state = new LinkedHashMap<>();
    state.put("matrix", constant(matrix));
    state.put("kept", constant(kept));
    state.put("mean", constant(moments.mean()));
    state.put("variance", constant(moments.variance()));
    state.put("steps", Constant.of(new long[] {moments.steps()}, 1));
    return state;
  }

  /**
   * Goes back to a state.
   *
   * @throws InvalidInputException if it is none of such a matrix
   */
  public final void set(Map<String, Constant> state) {
    try (PointerScope scope = new PointerScope()) {
      Tensor now = part(state, "matrix");
      kept.copy_(part(state, "kept"));
      int steps = Math.toIntExact(find(state, "steps").whole(0));
      adam.set(new Adam.State(part(state, "mean"), part(state, "variance"), steps));
      replace(now);
    }
  }

  private static Constant constant(Tensor tensor) {
    return Constant.of(Tensors.floats(tensor), Tensors.shape(tensor).sizes());
  }

  private Tensor part(Map<String, Constant> state, String name) {
    Constant part = find(state, name);
    if (!Tensors.shape(matrix).equals(part.shape())) {
      throw new InvalidInputException(
          "expected a '%s' of %s, found %s".formatted(name, Tensors.shape(matrix), part.shape()));
    }
    return Tensors.of(part.floats(), part.sizes());
  }

  private static Constant find(Map<String, Constant> state, String name) {
    Constant part = state.get(name);
    if (part == null) {
      throw new InvalidInputException("expected '" + name + "' of a matrix, found none");
    }
    return part;
  }

  /** The width for which rates are given by that of this matrix, where it is wider; else 1. */
  final double narrowness() {
    return Math.min(1, REFERENCE_WIDTH / matrix.size(0));
  }

  final void replace(Tensor now) {
    now.retainReference();
    matrix.close();
    matrix = now;
  }

  @Override
  public void close() {
    matrix.close();
    kept.close();
    adam.close();
  }
}
