package dev.capstan.torch.internal.calibrate;

import dev.capstan.graph.Constant;
import dev.capstan.torch.internal.tensor.Tensors;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Sums of products of channels, over everything else. */
public final class Moments {
  /** Channels from which on a product costs more for what it computes than for what it moves. */
  private static final long SYMMETRIC = 1024;

  private Moments() {}

  /**
   * {@code sum x x^T} over a part of a tensor.
   *
   * @param axis where the channels lie
   * @param from first element there
   * @param width number of channels n
   * @param repeat elements a channel has in a row
   * @return n x n, row-major
   */
  static float[] of(Tensor tensor, int axis, long from, int width, int repeat) {
    try (PointerScope scope = new PointerScope()) {
      // Rows of the matrix are positions: a view where channels are innermost in memory.
      Tensor part = tensor.narrow(axis, from, (long) width * repeat).movedim(axis, -1);
      Tensor rows =
          repeat == 1
              ? part.reshape(-1, width)
              : part.reshape(-1, width, repeat).transpose(1, 2).reshape(-1, width);
      return Tensors.floats(gram(rows));
    }
  }

  /** {@code X^T X}: of large blocks that mirror each other one is computed. */
  private static Tensor gram(Tensor x) {
    long width = x.size(1);
    if (width < SYMMETRIC) {
      return x.t().matmul(x);
    }
    long half = width / 2;
    Tensor a = x.narrow(1, 0, half);
    Tensor b = x.narrow(1, half, width - half);
    Tensor across = a.t().matmul(b);
    Tensor above = torch.cat(new TensorVector(gram(a), across), 1);
    Tensor below = torch.cat(new TensorVector(across.t(), gram(b)), 1);
    return torch.cat(new TensorVector(above, below), 0);
  }

  /** The same over a part of a constant. */
  static float[] of(Constant constant, int axis, long from, int width, int repeat) {
    try (PointerScope scope = new PointerScope()) {
      return of(Tensors.of(constant.floats(), constant.sizes()), axis, from, width, repeat);
    }
  }

  /** {@code sum x^2} over a tensor. */
  public static double squaredNorm(Tensor tensor) {
    try (PointerScope scope = new PointerScope()) {
      return tensor.square().sum().item_double();
    }
  }

  /**
   * Second moments over axis 1 of a grouped convolution's weights, n x n: 0 between groups, which
   * lie along axis 0.
   */
  static float[] inGroups(Constant constant, int groups) {
    int each = constant.size(1);
    int width = each * groups;
    float[] all = new float[width * width];
    try (PointerScope scope = new PointerScope();
        Tensor weights = Tensors.of(constant.floats(), constant.sizes())) {
      long rows = constant.size(0) / groups;
      for (int group = 0; group < groups; group++) {
        float[] block = of(weights.narrow(0, group * rows, rows), 1, 0, each, 1);
        for (int i = 0; i < each; i++) {
          int start = (group * each + i) * width + group * each;
          System.arraycopy(block, i * each, all, start, each);
        }
      }
    }
    return all;
  }
}
