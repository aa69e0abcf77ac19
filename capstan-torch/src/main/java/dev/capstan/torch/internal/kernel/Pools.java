package dev.capstan.torch.internal.kernel;

import static dev.capstan.torch.internal.kernel.Margin.longs;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Shape;
import dev.capstan.graph.op.AveragePool;
import dev.capstan.graph.op.GlobalAveragePool;
import dev.capstan.graph.op.GlobalMaxPool;
import dev.capstan.graph.op.LpPool;
import dev.capstan.graph.op.MaxPool;
import dev.capstan.graph.op.Pooling;
import dev.capstan.graph.op.ReduceMean;
import dev.capstan.graph.op.Window;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Maxima and means over windows and axes. */
final class Pools {
  private Pools() {}

  static Tensor[] max(MaxPool pool, Tensor x) {
    return pool.indexed() ? Unpooling.indexed(pool.window(), x) : new Tensor[] {largest(pool, x)};
  }

  private static Tensor largest(MaxPool pool, Tensor x) {
    Margin margin = Margin.of(pool.window(), x);
    if (margin.isSymmetric() && margin.fitsHalf(pool.window())) {
      return max(pool.window(), x, margin.before());
    }
    Tensor padded = margin.around(x, Double.NEGATIVE_INFINITY);
    return cropped(pool, x, max(pool.window(), padded, margin.none()));
  }

  private static Tensor max(Window window, Tensor x, long[] pads) {
    long[] kernel = longs(window.kernel());
    long[] strides = longs(window.strides());
    long[] dilations = longs(window.dilations());
    return switch (window.rank()) {
      case 1 -> torch.max_pool1d(x, kernel, strides, pads, dilations, window.ceil());
      case 2 -> torch.max_pool2d(x, kernel, strides, pads, dilations, window.ceil());
      case 3 -> torch.max_pool3d(x, kernel, strides, pads, dilations, window.ceil());
      default -> throw unsupportedRank(window);
    };
  }

  static Tensor average(AveragePool pool, Tensor x) {
    Window window = pool.window();
    if (window.dilations().stream().anyMatch(dilation -> dilation != 1)) {
      throw new InvalidInputException(
          "expected an average over a dense window, found dilations " + window.dilations());
    }
    Margin margin = Margin.of(window, x);
    if (margin.isSymmetric() && margin.fitsHalf(window)) {
      return average(window, x, margin.before(), pool.countIncludePad());
    }
    Tensor mean = average(window, margin.around(x, 0), margin.none(), true);
    if (pool.countIncludePad()) {
      return cropped(pool, x, mean);
    }
    // The mean of ones is the share of the window that is not padding.
    Tensor share = average(window, margin.around(torch.ones_like(x), 0), margin.none(), true);
    return cropped(pool, x, mean.div(share));
  }

  /**
   * Where padding counts, the divisor is the whole window even where it reaches beyond the padding,
   * as in ONNX Runtime; libtorch's own would be what lies inside.
   */
  private static Tensor average(Window window, Tensor x, long[] pads, boolean countPad) {
    long[] kernel = longs(window.kernel());
    long[] strides = longs(window.strides());
    LongOptional divisor = countPad ? new LongOptional(window.taps()) : new LongOptional();
    boolean ceil = window.ceil();
    return switch (window.rank()) {
      case 1 -> {
        // libtorch's own takes no divisor: a plane of one row.
        long[] k = {1, kernel[0]};
        long[] s = {1, strides[0]};
        long[] p = {0, pads[0]};
        Tensor plane = x.unsqueeze(2);
        yield torch.avg_pool2d(plane, k, s, p, ceil, countPad, divisor).squeeze(2);
      }
      case 2 -> torch.avg_pool2d(x, kernel, strides, pads, ceil, countPad, divisor);
      case 3 -> torch.avg_pool3d(x, kernel, strides, pads, ceil, countPad, divisor);
      default -> throw unsupportedRank(window);
    };
  }

  /**
   * Without the windows that start in the margin after the input: once the margin is part of the
   * input, libtorch counts them.
   */
  private static Tensor cropped(Pooling pool, Tensor x, Tensor pooled) {
    Tensor result = pooled;
    Shape shape = pool.window().slide(Tensors.shape(x), Dim.of(x.size(1)));
    for (int axis = 2; axis < shape.rank(); axis++) {
      result = result.narrow(axis, 0, shape.size(axis));
    }
    return result;
  }

  static Tensor globalAverage(GlobalAveragePool pool, Tensor x) {
    return mean(x, LongStream.range(2, x.dim()).toArray(), true);
  }

  static Tensor globalMax(GlobalMaxPool pool, Tensor x) {
    return torch.amax(x, LongStream.range(2, x.dim()).toArray(), true);
  }

  /** The mean over the whole window, padding counted as 0, is the sum over the number of taps. */
  static Tensor lp(LpPool pool, Tensor x) {
    Window window = pool.window();
    Tensor powers = x.abs().pow(new Scalar(pool.p()));
    Tensor sum = average(new AveragePool(window, true), powers).mul(new Scalar(window.taps()));
    return sum.pow(new Scalar(1.0 / pool.p()));
  }

  static Tensor mean(ReduceMean mean, Tensor x) {
    long[] axes = longs(mean.axes(Tensors.shape(x)));
    return mean(x, axes, mean.keepDims());
  }

  private static Tensor mean(Tensor x, long[] axes, boolean keepDims) {
    return torch.mean(x, axes, keepDims, new ScalarTypeOptional());
  }

  private static InvalidInputException unsupportedRank(Window window) {
    return new InvalidInputException("expected a window of 1 to 3 axes, found " + window.rank());
  }
}
