package dev.capstan.learn;

import dev.capstan.engine.Tensors;
import dev.capstan.graph.Constant;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** Sums of products of channels, over everything else. */
final class Moments {
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
      return doubles(rows.t().matmul(rows));
    }
  }

  /** The same over a part of a constant. */
  static double[] of(Constant constant, int axis, long from, int width, int repeat) {
    try (PointerScope scope = new PointerScope()) {
      return of(Tensors.of(constant.floats(), constant.sizes()), axis, from, width, repeat);
    }
  }

  /** {@code sum x^2} over a tensor. */
  static double squaredNorm(Tensor tensor) {
    try (PointerScope scope = new PointerScope()) {
      return tensor.square().sum().item_double();
    }
  }

  private static double[] doubles(Tensor matrix) {
    float[] values = Tensors.floats(matrix);
    double[] wide = new double[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }
}
