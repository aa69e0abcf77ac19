package dev.capstan.torch.internal.kernel;

import static dev.capstan.torch.internal.kernel.Margin.longs;

import dev.capstan.graph.op.Reduce;
import dev.capstan.torch.internal.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Sums, maxima and the like over axes. */
final class Reductions {
  private Reductions() {}

  static Tensor run(Reduce reduce, Tensor x) {
    long[] axes = longs(reduce.axes(Tensors.shape(x)));
    boolean keep = reduce.keepDims();
    return switch (reduce.function()) {
      case L1 -> sum(x.abs(), axes, keep);
      // Its gradient at 0 is 0, which that of a square root is not.
      case L2 -> torch.norm(x, new ScalarOptional(new Scalar(2f)), axes, keep);
      case LOG_SUM_EXP -> torch.logsumexp(x, axes, keep);
      case MAX -> torch.amax(x, axes, keep);
      case MIN -> torch.amin(x, axes, keep);
      case PROD -> product(x, axes, keep);
      case SUM -> sum(x, axes, keep);
      case SUM_SQUARE -> sum(x.square(), axes, keep);
    };
  }

  private static Tensor sum(Tensor x, long[] axes, boolean keep) {
    return torch.sum(x, axes, keep, new ScalarTypeOptional());
  }

  /** One axis after the other, the last first, so that the others stay where they are. */
  private static Tensor product(Tensor x, long[] axes, boolean keep) {
    Tensor result = x;
    for (int i = axes.length - 1; i >= 0; i--) {
      result = torch.prod(result, axes[i], keep, new ScalarTypeOptional());
    }
    return result == x ? new Tensor(x) : result;
  }
}
