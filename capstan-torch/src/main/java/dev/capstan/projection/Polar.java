package dev.capstan.projection;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The orthonormal matrix nearest to Y, {@code P = U V^T} where {@code Y = U Sigma V^T}, and its
 * derivative (METHOD section 4).
 *
 * <p>All matrices are n x r with n >= r, in float64: P must be orthonormal to far below float32's
 * precision after thousands of steps. Tensors given stay the caller's, tensors returned are the
 * caller's.
 */
public final class Polar {
  /** Below this ratio of eigenvalues of Y^T Y, squaring has lost too much and Y is decomposed. */
  private static final double SMALLEST_RATIO = 1e-6;

  private Polar() {}

  /** The polar factor of Y, which must have full column rank. */
  public static Tensor factor(Tensor y) {
    T_TensorTensor_T spectrum = torch.linalg_eigh(y.t().matmul(y));
    Tensor values = spectrum.get0();
    if (smallestRatio(values) < SMALLEST_RATIO) {
      return throughSvd(y);
    }
    Tensor scaled = spectrum.get1().mul(values.rsqrt());
    return polished(y.matmul(scaled.matmul(spectrum.get1().t())));
  }

  private static double smallestRatio(Tensor ascending) {
    double smallest = ascending.select(0, 0).item_double();
    double largest = ascending.select(0, -1).item_double();
    return smallest / largest;
  }

  private static Tensor throughSvd(Tensor y) {
    var svd = torch.linalg_svd(y, false, new org.bytedeco.pytorch.StringViewOptional());
    return svd.get0().matmul(svd.get2());
  }

  /** One Newton-Schulz step, {@code P (3 I - P^T P) / 2}: squares what error is left. */
  private static Tensor polished(Tensor p) {
    Tensor gram = p.t().matmul(p);
    return p.mul(new Scalar(1.5)).sub(p.matmul(gram).mul(new Scalar(0.5)));
  }

  /**
   * dL/dY at Y = P, where P is orthonormal and G = dL/dP: {@code (I - P P^T) G + P (P^T G - G^T P)
   * / 2}, the Riemannian gradient.
   */
  public static Tensor gradient(Tensor p, Tensor g) {
    Tensor inner = p.t().matmul(g);
    Tensor symmetric = inner.add(inner.t()).mul(new Scalar(0.5));
    // P P^T G - P (P^T G - G^T P)/2 = P (P^T G + G^T P)/2
    return g.sub(p.matmul(symmetric));
  }

  /**
   * dL/dY at any Y of full column rank, where G = dL/dP at P = polar(Y): with {@code Y^T Y = V
   * Sigma^2 V^T}, {@code H = V Sigma V^T} and {@code K = V^T P^T G V},
   *
   * <pre>
   *   dL/dY = (I - P P^T) G H^-1 + P V [(K - K^T)_ij / (sigma_i + sigma_j)] V^T
   * </pre>
   *
   * <p>No difference of singular values is divided by, so equal ones do no harm.
   */
  public static Tensor gradientAt(Tensor y, Tensor g) {
    T_TensorTensor_T spectrum = torch.linalg_eigh(y.t().matmul(y));
    Tensor sigma = spectrum.get0().sqrt();
    Tensor v = spectrum.get1();
    Tensor inverse = v.mul(sigma.reciprocal()).matmul(v.t());
    Tensor p = y.matmul(inverse);
    Tensor inner = p.t().matmul(g);
    Tensor outside = g.sub(p.matmul(inner)).matmul(inverse);
    Tensor k = v.t().matmul(inner).matmul(v);
    Tensor sums = sigma.unsqueeze(0).add(sigma.unsqueeze(1));
    Tensor inside = p.matmul(v).matmul(k.sub(k.t()).div(sums)).matmul(v.t());
    return outside.add(inside);
  }
}
