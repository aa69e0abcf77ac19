package dev.capstan.torch.internal.kernel;

import static dev.capstan.torch.internal.kernel.Margin.longs;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.op.Conv;
import dev.capstan.graph.op.Window;
import dev.capstan.torch.internal.tensor.Precision;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/** Convolution over one, two or three spatial axes. */
final class Convolution {
  private Convolution() {}

  static Tensor run(Conv conv, @Nullable Tensor[] inputs, Precision precision) {
    Tensor x = precision.operand(Kernels.operand(inputs, 0));
    Tensor weights = dense(precision.operand(Kernels.operand(inputs, 1)));
    Tensor bias = inputs.length > 2 ? inputs[2] : null;
    TensorOptional optional =
        bias == null ? new TensorOptional() : new TensorOptional(precision.operand(bias));
    Window window = conv.window();
    Margin margin = Margin.of(window, x);
    boolean symmetric = margin.isSymmetric();
    Tensor padded = symmetric ? x : margin.around(x, 0);
    long[] pads = symmetric ? margin.before() : margin.none();
    long[] strides = longs(window.strides());
    if (window.taps() == 1 && Arrays.stream(pads).allMatch(pad -> pad == 0)) {
      padded = everyNth(padded, strides);
      Arrays.fill(strides, 1);
    }
    long[] dilations = longs(window.dilations());
    return switch (window.rank()) {
      case 1 -> torch.conv1d(padded, weights, optional, strides, pads, dilations, conv.groups());
      case 2 -> torch.conv2d(padded, weights, optional, strides, pads, dilations, conv.groups());
      case 3 -> torch.conv3d(padded, weights, optional, strides, pads, dilations, conv.groups());
      default ->
          throw new InvalidInputException(
              "expected a window of 1 to 3 axes, found " + window.rank());
    };
  }

  /**
   * Kernels that are learned are views of products, whose layout libtorch takes for plain in one
   * place and not in another: it then refuses their gradient, where one thread works on few images.
   */
  private static Tensor dense(Tensor weights) {
    return weights.requires_grad() ? weights.contiguous() : weights;
  }

  /**
   * The pixels that a kernel of one tap sees. oneDNN's gradient of strided 1x1 kernels reads past
   * its buffers on AVX-512 where batches are small, and ends the process.
   */
  private static Tensor everyNth(Tensor x, long[] strides) {
    Tensor seen = x;
    for (int i = 0; i < strides.length; i++) {
      if (strides[i] > 1) {
        seen = seen.slice(i + 2, new LongOptional(0), new LongOptional(), strides[i]);
      }
    }
    return seen == x ? x : Tensors.channelsLast(seen);
  }
}
