package dev.capstan.torch.internal.calibrate;

import dev.capstan.space.Basis;
import dev.capstan.space.Matrix;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * All channels of a space from some of them, by least squares: {@code D = M_s (M_ss + lambda
 * I)^-1}, the channels themselves as they are. What {@link GreedySelection} finds on its way, for
 * channels that are given.
 *
 * @param channels s, ascending
 * @param decode D, n x r, row-major
 */
@SuppressWarnings("ArrayRecordComponent")
record Rebuilding(int[] channels, double[] decode) {

  /**
   * Solves for D.
   *
   * @param moments M, n x n
   * @param ridge lambda, relative to the mean of M's diagonal
   * @return null where M_ss is too near to singular for the ridge
   */
  static @Nullable Rebuilding of(double[] moments, int[] channels, double ridge) {
    int[] sorted = Arrays.stream(channels).sorted().toArray();
    try (PointerScope scope = new PointerScope()) {
      Tensor all = square(moments);
      Tensor index = index(sorted);
      Tensor columns = all.index_select(0, index);
      Tensor own = columns.index_select(1, index).clone();
      own.diagonal().add_(new Scalar(ridge * all.diagonal().mean().item_double()));
      T_TensorTensor_T cholesky = torch.linalg_cholesky_ex(own, false, false);
      if (cholesky.get1().item_int() != 0) {
        return null;
      }
      Tensor decode = torch.cholesky_solve(columns, cholesky.get0(), false).t().contiguous();
      decode.index_copy_(0, index, torch.eye(sorted.length).to(decode.scalar_type()));
      return new Rebuilding(sorted, Tensors.doubles(decode));
    }
  }

  private static Tensor square(double[] matrix) {
    long width = Math.round(Math.sqrt(matrix.length));
    return Tensors.of(matrix, width, width);
  }

  static Tensor index(int[] channels) {
    return Tensors.of(Arrays.stream(channels).asLongStream().toArray(), channels.length);
  }

  /**
   * What readers miss: {@code tr(A (I - D E^T) M (I - D E^T)^T)}, of which nothing but the rows and
   * columns of channels that are not selected differ from 0.
   *
   * @param moments M, n x n
   * @param readers A, n x n
   */
  double error(double[] moments, double[] readers) {
    try (PointerScope scope = new PointerScope()) {
      Tensor all = square(moments);
      Tensor selected = index(channels);
      Tensor rest = index(rest((int) all.size(0)));
      Tensor d = Tensors.of(decode, all.size(0), channels.length).index_select(0, rest);
      Tensor columns = all.index_select(0, selected);
      Tensor cross = d.matmul(columns.index_select(1, rest));
      Tensor own = d.matmul(columns.index_select(1, selected)).matmul(d.t());
      Tensor missed = block(all, rest).sub(cross).sub(cross.t()).add(own);
      return block(square(readers), rest).mul(missed).sum().item_double();
    }
  }

  private static Tensor block(Tensor square, Tensor index) {
    return square.index_select(0, index).index_select(1, index);
  }

  private int[] rest(int width) {
    return IntStream.range(0, width).filter(c -> Arrays.binarySearch(channels, c) < 0).toArray();
  }

  /** E selects the channels, D rebuilds all of them. */
  Basis basis() {
    int width = decode.length / channels.length;
    float[] values = new float[decode.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) decode[i];
    }
    return new Basis.Oblique(
        Matrix.selection(width, channels), new Matrix(width, channels.length, values));
  }
}
