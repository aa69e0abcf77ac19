package dev.capstan.torch.internal.projection;

import dev.capstan.torch.internal.tensor.Tensors;
import dev.capstan.torch.internal.tensor.ThreadedProducts;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Coordinates U of one side of a basis, {@code X = scale o (L U R)} (n x r), in which what a matrix
 * multiplies is white: each element of U then moves the outputs about as far as any other, and no
 * direction is steep where others are flat. By the chain rule {@code dL/dU = L^T (scale o dL/dX)
 * R^T}. Natural gradients take their steps so, with factors from either side (Martens and Grosse
 * 2015, section 3); here the one of what is multiplied, as it was before learning.
 *
 * <p>With s the sizes of channels, C their uncentred correlations, and k the channel that a column
 * of E selects:
 *
 * <pre>
 *   E = diag(1/s) (C + eps I)^-1/2 U diag(s_k)
 *   D = diag(s) U (C_kk + eps I)^-1/2 diag(1/s_k)
 * </pre>
 *
 * Owns its tensors until closed.
 */
public final class StepCoordinates implements AutoCloseable {
  /** eps: below it correlations of a few hundred images say nothing. */
  private static final double RIDGE = 0.03;

  private final Tensor scale;
  private final @Nullable Tensor left;
  private final @Nullable Tensor right;

  private StepCoordinates(Tensor scale, @Nullable Tensor left, @Nullable Tensor right) {
    this.scale = scale;
    this.left = left;
    this.right = right;
  }

  /**
   * Of E, which multiplies the channels.
   *
   * @param sizes s, n
   * @param correlations C, n x n
   * @param selected the channel that each column selects, r
   */
  public static StepCoordinates encoding(float[] sizes, float[] correlations, int... selected) {
    float[] scale = new float[sizes.length * selected.length];
    for (int i = 0; i < sizes.length; i++) {
      for (int k = 0; k < selected.length; k++) {
        scale[i * selected.length + k] = sizes[selected[k]] / sizes[i];
      }
    }
    int n = sizes.length;
    try (PointerScope scope = new PointerScope()) {
      Tensor white = whitening(Tensors.of(correlations, n, n));
      return new StepCoordinates(kept(Tensors.of(scale, n, selected.length)), kept(white), null);
    }
  }

  /** Of D, which multiplies what is left of them; the same parameters. */
  public static StepCoordinates decoding(float[] sizes, float[] correlations, int... selected) {
    int n = sizes.length;
    int r = selected.length;
    float[] scale = new float[n * r];
    float[] among = new float[r * r];
    for (int k = 0; k < r; k++) {
      for (int i = 0; i < n; i++) {
        scale[i * r + k] = sizes[i] / sizes[selected[k]];
      }
      for (int j = 0; j < r; j++) {
        among[k * r + j] = correlations[selected[k] * n + selected[j]];
      }
    }
    try (PointerScope scope = new PointerScope()) {
      Tensor white = whitening(Tensors.of(among, r, r));
      return new StepCoordinates(kept(Tensors.of(scale, n, r)), null, kept(white));
    }
  }

  /** {@code (C + eps I)^-1/2}; a matrix is no worse conditioned than eps lets it be. */
  private static Tensor whitening(Tensor correlations) {
    T_TensorTensor_T spectrum = torch.linalg_eigh(correlations);
    Tensor values = spectrum.get0().clamp_min(new Scalar(0)).add(new Scalar(RIDGE));
    Tensor vectors = spectrum.get1();
    return ThreadedProducts.times(vectors.mul(values.rsqrt()), vectors.t().contiguous());
  }

  private static Tensor kept(Tensor tensor) {
    Tensor own = tensor.contiguous().clone();
    own.retainReference();
    return own;
  }

  /** dL/dU of dL/dX, n x r; the caller's. */
  Tensor gradient(Tensor gradient) {
    return along(gradient.mul(scale));
  }

  /** What a step in U is in X, n x r; the caller's. */
  Tensor step(Tensor step) {
    return along(step).mul_(scale);
  }

  /** Both factors are symmetric. */
  private Tensor along(Tensor u) {
    Tensor rows = left == null ? u : ThreadedProducts.times(left, u);
    return right == null ? rows : ThreadedProducts.times(rows, right);
  }

  @Override
  public void close() {
    scale.close();
    if (left != null) {
      left.close();
    }
    if (right != null) {
      right.close();
    }
  }
}
