package dev.capstan.torch.internal.tensor;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Products of matrices on all threads. OpenBLAS runs on one here, since its threads would spin
 * against OpenMP's; large float32 products are given to oneDNN as 1x1 convolutions instead.
 * Differentiable.
 */
public final class ThreadedProducts {
  /** Multiply-accumulates from which on a convolution's own costs do not count. */
  private static final long LARGE = 1 << 21;

  private ThreadedProducts() {}

  /** {@code A B} of an m x k and a k x n matrix. */
  public static Tensor times(Tensor a, Tensor b) {
    boolean small = a.numel() * b.size(1) < LARGE;
    if (small || a.scalar_type().intern() != ScalarType.Float) {
      return a.matmul(b);
    }
    // The rows of A are the pixels of one image whose channels are its columns.
    Tensor image = a.contiguous().unsqueeze(0).unsqueeze(2).permute(0, 3, 1, 2);
    Tensor product = torch.conv2d(image, kernel(b));
    return product.permute(0, 2, 3, 1).reshape(a.size(0), b.size(1));
  }

  /** {@code A^T B} of a k x m and a k x n matrix. */
  public static Tensor transposedTimes(Tensor a, Tensor b) {
    return times(a.t(), b);
  }

  /** {@code A_g B_g} of matrices that lie one behind the other along axis 0. */
  public static Tensor each(Tensor a, Tensor b) {
    return a.size(0) == 1 ? times(a.squeeze(0), b.squeeze(0)).unsqueeze(0) : a.bmm(b);
  }

  /** Channels x (N x C x H x W) as {@code sum_c x[:, c] B[c, :]}: a product along axis 1. */
  public static Tensor alongChannels(Tensor x, Tensor b) {
    return torch.conv2d(x, kernel(b));
  }

  /** The same along the first axis of x: {@code sum_n x[n, :] B[n, :]}. */
  public static Tensor alongBatch(Tensor x, Tensor b) {
    Tensor rows = x.permute(0, 2, 3, 1).reshape(x.size(0), -1);
    Tensor product = transposedTimes(b, rows);
    return product.view(b.size(1), x.size(2), x.size(3), x.size(1)).permute(0, 3, 1, 2);
  }

  private static Tensor kernel(Tensor b) {
    return b.t().contiguous().unsqueeze(-1).unsqueeze(-1);
  }
}
