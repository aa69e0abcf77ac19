package dev.capstan.torch.internal.statistics;

import dev.capstan.rewrite.RestoreBatchNorm.Statistics;
import dev.capstan.torch.internal.tensor.Tensors;
import java.nio.DoubleBuffer;
import java.util.Arrays;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Count, mean and sum of squared deviations, which add up without loss (Chan et al. 1979). */
@SuppressWarnings("ArrayRecordComponent") // never compared
record ChannelSum(double count, double[] mean, double[] squares) {
  private static final double EPSILON = 1e-5;

  /** Of no activations. */
  static ChannelSum none(int channels) {
    return new ChannelSum(0, new double[channels], new double[channels]);
  }

  /** What {@link #write} has written. */
  static ChannelSum read(DoubleBuffer from, int channels) {
    double count = from.get();
    double[] mean = new double[channels];
    double[] squares = new double[channels];
    from.get(mean).get(squares);
    return new ChannelSum(count, mean, squares);
  }

  /** Numbers that a sum of so many channels is written as. */
  static int length(int channels) {
    return 1 + 2 * channels;
  }

  void write(DoubleBuffer to) {
    to.put(count).put(mean).put(squares);
  }

  static ChannelSum of(Tensor activations) {
    try (PointerScope scope = new PointerScope()) {
      long[] others = LongStream.range(0, activations.dim()).filter(axis -> axis != 1).toArray();
      Tensor wide = activations.to(ScalarType.Float);
      T_TensorTensor_T both =
          torch.var_mean(wide, others, new ScalarOptional(new Scalar(0)), false);
      double[] variance = Tensors.doubles(both.get0());
      double count = (double) activations.numel() / variance.length;
      for (int c = 0; c < variance.length; c++) {
        variance[c] *= count;
      }
      return new ChannelSum(count, Tensors.doubles(both.get1()), variance);
    }
  }

  ChannelSum plus(ChannelSum other) {
    double total = count + other.count;
    double[] means = new double[mean.length];
    double[] sums = new double[mean.length];
    for (int c = 0; c < means.length; c++) {
      double apart = other.mean[c] - mean[c];
      means[c] = mean[c] + apart * other.count / total;
      sums[c] = squares[c] + other.squares[c] + apart * apart * count * other.count / total;
    }
    return new ChannelSum(total, means, sums);
  }

  /**
   * Activations of these moments scaled and shifted to have others; channel by channel, along axis
   * 1. A channel that hardly varies is not blown up to full size.
   *
   * @return the caller's, whatever scope is open
   */
  Tensor moved(Tensor activations, ChannelSum to) {
    float[] scale = new float[mean.length];
    float[] shift = new float[mean.length];
    for (int c = 0; c < mean.length; c++) {
      double factor =
          Math.sqrt((to.squares[c] / to.count + EPSILON) / (squares[c] / count + EPSILON));
      scale[c] = (float) factor;
      shift[c] = (float) (to.mean[c] - factor * mean[c]);
    }
    long[] sizes = new long[(int) activations.dim()];
    Arrays.fill(sizes, 1);
    sizes[1] = mean.length;
    try (PointerScope scope = new PointerScope()) {
      Tensor moved = activations.mul(Tensors.of(scale, sizes)).add(Tensors.of(shift, sizes));
      moved.retainReference();
      return moved;
    }
  }

  Statistics statistics() {
    double[] variance = new double[squares.length];
    for (int c = 0; c < variance.length; c++) {
      variance[c] = squares[c] / count;
    }
    return new Statistics(mean, variance);
  }
}
