package dev.capstan.torch.internal.projection;

import dev.capstan.torch.internal.tensor.ThreadedProducts;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.StringViewOptional;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The orthonormal matrix nearest to Y, {@code P = U V^T} where {@code Y = U Sigma V^T}, and its
 * derivative (docs/method.md, section 4.3).
 *
 * <p>All matrices are n x r with n >= r, float32 or float64. Tensors given stay the caller's,
 * tensors returned are the caller's.
 */
public final class Polar {
  /**
   * Largest distance of Y^T Y from I, in the Frobenius norm, that Newton-Schulz starts from: all
   * singular values are then in (0.3, 1.4), where it converges quadratically.
   */
  private static final double NEAR = 0.9;

  private static final int MOST_STEPS = 8;

  private Polar() {}

  /**
   * The polar factor of Y, which must have full column rank: by Newton-Schulz steps, {@code Y <- Y
   * (3 I - Y^T Y) / 2}, where Y is near enough for them to converge, else by singular values in
   * float64. What Newton-Schulz gives was checked to be orthonormal to round-off.
   */
  public static Tensor factor(Tensor y) {
    double enough = y.scalar_type().intern() == ScalarType.Double ? 1e-12 : 2e-6;
    Tensor identity = torch.eye(y.size(1)).to(y.scalar_type());
    Tensor p = y;
    for (int step = 0; step < MOST_STEPS; step++) {
      Tensor excess = ThreadedProducts.transposedTimes(p, p).sub(identity);
      double distance = excess.norm().item_double();
      if (distance <= enough * Math.sqrt(y.size(1))) {
        return p == y ? y.clone() : p;
      }
      if (!(distance < NEAR)) {
        break;
      }
      p = p.sub(ThreadedProducts.times(p, excess).mul(new Scalar(0.5)));
    }
    return throughSvd(y);
  }

  private static Tensor throughSvd(Tensor y) {
    T_TensorTensorTensor_T svd =
        torch.linalg_svd(y.to(ScalarType.Double), false, new StringViewOptional());
    return svd.get0().matmul(svd.get2()).to(y.scalar_type());
  }

  /**
   * The part of Z that is tangent at P to the matrices with orthonormal columns: {@code Z - P (P^T
   * Z + Z^T P) / 2}.
   *
   * <p>For Z = dL/dP it is dL/dY at Y = P, the Riemannian gradient: {@code (I - P P^T) G + P (P^T G
   * - G^T P) / 2}.
   */
  public static Tensor tangent(Tensor p, Tensor z) {
    Tensor inner = ThreadedProducts.transposedTimes(p, z);
    Tensor symmetric = inner.add(inner.t()).mul(new Scalar(0.5));
    return z.sub(ThreadedProducts.times(p, symmetric));
  }

  /**
   * dL/dY at any Y of full column rank, where G = dL/dP at P = polar(Y): with {@code Y^T Y = V
   * Sigma^2 V^T}, {@code H = V Sigma V^T} and {@code K = V^T P^T G V},
   *
   * <pre>
   *   dL/dY = (I - P P^T) G H^-1 + P V [(K - K^T)_ij / (sigma_i + sigma_j)] V^T
   * </pre>
   *
   * <p>No difference of singular values is divided by, so equal ones do no harm. At Y = P it is
   * {@link #tangent}, which learning uses.
   */
  public static Tensor gradient(Tensor y, Tensor g) {
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
