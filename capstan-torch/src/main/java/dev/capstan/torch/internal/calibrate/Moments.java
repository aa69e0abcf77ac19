package dev.capstan.torch.internal.calibrate;

import dev.capstan.graph.Constant;
import dev.capstan.torch.internal.tensor.Tensors;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** Sums of products of channels, over everything else. */
public final class Moments {
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
  static double[] of(Tensor tensor, int axis, long from, int width, int repeat) {
    try (PointerScope scope = new PointerScope()) {
      Tensor part = tensor.narrow(axis, from, (long) width * repeat).transpose(axis, -1);
      // Channels innermost where they already are: rows of the matrix are positions.
      Tensor rows =
          repeat == 1
              ? part.reshape(-1, width)
              : part.reshape(-1, width, repeat).transpose(1, 2).reshape(-1, width);
      return Tensors.doubles(rows.t().matmul(rows));
    }
  }

  /** The same over a part of a constant. */
  static double[] of(Constant constant, int axis, long from, int width, int repeat) {
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
  static double[] inGroups(Constant constant, int groups) {
    int each = constant.size(1);
    int width = each * groups;
    double[] all = new double[width * width];
    try (PointerScope scope = new PointerScope();
        Tensor weights = Tensors.of(constant.floats(), constant.sizes())) {
      long rows = constant.size(0) / groups;
      for (int group = 0; group < groups; group++) {
        double[] block = of(weights.narrow(0, group * rows, rows), 1, 0, each, 1);
        for (int i = 0; i < each; i++) {
          int start = (group * each + i) * width + group * each;
          System.arraycopy(block, i * each, all, start, each);
        }
      }
    }
    return all;
  }
}
