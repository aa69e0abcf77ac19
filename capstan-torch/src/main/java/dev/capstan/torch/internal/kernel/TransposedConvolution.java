package dev.capstan.torch.internal.kernel;

import static dev.capstan.torch.internal.kernel.Margin.longs;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.op.ConvTranspose;
import dev.capstan.torch.internal.tensor.Precision;
import java.util.Arrays;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/** Transposed convolution over one, two or three spatial axes. */
final class TransposedConvolution {
  private TransposedConvolution() {}

  static Tensor run(ConvTranspose conv, @Nullable Tensor[] inputs, Precision precision) {
    Tensor x = precision.operand(Kernels.operand(inputs, 0));
    Tensor weights = precision.operand(Kernels.operand(inputs, 1));
    Tensor bias = inputs.length > 2 ? inputs[2] : null;
    Tensor summand = bias == null ? null : precision.operand(bias);
    int rank = conv.window().rank();
    long[] cut = longs(conv.cut(Arrays.copyOfRange(x.shape(), 2, 2 + rank)));
    long[] before = Arrays.copyOf(cut, rank);
    long[] after = Arrays.copyOfRange(cut, rank, 2 * rank);
    long[] added = longs(conv.outputPadding());
    if (Arrays.equals(before, after) && isSmall(conv)) {
      return run(conv, x, weights, summand, before, added);
    }
    long[] none = new long[rank];
    Tensor whole = run(conv, x, weights, null, none, none);
    Tensor fitted = torch.constant_pad_nd(whole, margins(before, after, added), new Scalar(0f));
    return summand == null ? fitted : fitted.add(perChannel(summand, rank));
  }

  /** Whether libtorch takes the output's padding: less than a stride or a dilation. */
  private static boolean isSmall(ConvTranspose conv) {
    for (int i = 0; i < conv.window().rank(); i++) {
      int most = Math.max(conv.window().strides().get(i), conv.window().dilations().get(i));
      if (conv.outputPadding().get(i) >= most) {
        return false;
      }
    }
    return true;
  }

  /** What to add around the whole, less where it is cut; libtorch counts axes from the last. */
  private static long[] margins(long[] before, long[] after, long[] added) {
    int rank = before.length;
    long[] margins = new long[2 * rank];
    for (int i = 0; i < rank; i++) {
      margins[2 * (rank - 1 - i)] = -before[i];
      margins[2 * (rank - 1 - i) + 1] = added[i] - after[i];
    }
    return margins;
  }

  private static Tensor perChannel(Tensor bias, int rank) {
    long[] sizes = new long[rank + 1];
    Arrays.fill(sizes, 1);
    sizes[0] = bias.numel();
    return bias.reshape(sizes);
  }

  private static Tensor run(
      ConvTranspose conv,
      Tensor x,
      Tensor weights,
      @Nullable Tensor bias,
      long[] pads,
      long[] added) {
    TensorOptional b = bias == null ? new TensorOptional() : new TensorOptional(bias);
    long[] s = longs(conv.window().strides());
    long[] d = longs(conv.window().dilations());
    int groups = conv.groups();
    return switch (conv.window().rank()) {
      case 1 -> torch.conv_transpose1d(x, weights, b, s, pads, added, groups, d);
      case 2 -> torch.conv_transpose2d(x, weights, b, s, pads, added, groups, d);
      case 3 -> torch.conv_transpose3d(x, weights, b, s, pads, added, groups, d);
      default ->
          throw new InvalidInputException(
              "expected a window of 1 to 3 axes, found " + conv.window().rank());
    };
  }
}
