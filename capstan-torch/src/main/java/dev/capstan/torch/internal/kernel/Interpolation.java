package dev.capstan.torch.internal.kernel;

import dev.capstan.graph.op.Resize;
import dev.capstan.torch.internal.tensor.Precision;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/** Interpolation along the spatial axes, one after the other: all its kinds are separable. */
final class Interpolation {
  private Interpolation() {}

  static Tensor run(Resize resize, @Nullable Tensor[] inputs, Precision precision) {
    Tensor x = Kernels.operand(inputs, 0);
    Tensor result = x;
    for (int axis = 2; axis < x.dim(); axis++) {
      int size = Math.toIntExact(x.size(axis));
      long extent =
          resize.isLikeOther()
              ? Kernels.operand(inputs, 1).size(axis)
              : resize.extent(axis - 2, size);
      float scale = resize.scale(axis - 2, size, extent);
      result =
          along(axis, result, Taps.of(resize.sampling(), size, Math.toIntExact(extent), scale));
    }
    return Tensors.channelsLast(result);
  }

  private static Tensor along(int axis, Tensor x, Taps taps) {
    Tensor sum = x.index_select(axis, Tensors.of(taps.indices()[0], taps.indices()[0].length));
    if (taps.indices().length == 1) {
      return sum;
    }
    sum = sum.mul(weights(axis, x, taps.weights()[0]));
    for (int i = 1; i < taps.indices().length; i++) {
      long[] indices = taps.indices()[i];
      Tensor tap = x.index_select(axis, Tensors.of(indices, indices.length));
      sum = torch.add(sum, tap.mul(weights(axis, x, taps.weights()[i])));
    }
    return sum;
  }

  /** Weights along an axis, in the type of x. */
  private static Tensor weights(int axis, Tensor x, float[] weights) {
    long[] sizes = new long[Math.toIntExact(x.dim())];
    Arrays.fill(sizes, 1);
    sizes[axis] = weights.length;
    return Tensors.of(weights, sizes).to(x.scalar_type());
  }
}
