package dev.capstan.torch.internal.kernel;

import static dev.capstan.torch.internal.kernel.Margin.longs;

import dev.capstan.graph.op.MaxUnpool;
import dev.capstan.graph.op.Window;
import dev.capstan.torch.internal.tensor.Precision;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/** Maxima with their places, and what puts values there again. */
final class Unpooling {
  private Unpooling() {}

  /** The largest pixels and their numbers in the whole input. */
  static Tensor[] indexed(Window window, Tensor x) {
    Margin margin = Margin.of(window, x);
    T_TensorTensor_T pooled =
        torch.max_pool2d_with_indices(
            x,
            longs(window.kernel()),
            longs(window.strides()),
            margin.before(),
            longs(window.dilations()),
            window.ceil());
    Tensor inPlane = pooled.get1();
    long[] planes = new long[Math.toIntExact(x.size(0) * x.size(1))];
    Arrays.setAll(planes, plane -> plane * x.size(2) * x.size(3));
    Tensor first = Tensors.of(planes, x.size(0), x.size(1), 1, 1);
    // The pair owns its tensors: a second handle outlives it.
    return new Tensor[] {new Tensor(pooled.get0()), torch.add(inPlane, first)};
  }

  static Tensor run(MaxUnpool unpool, @Nullable Tensor[] inputs, Precision precision) {
    Tensor x = Kernels.operand(inputs, 0);
    Tensor numbers = Kernels.operand(inputs, 1);
    long[] sizes = unpool.shape(Tensors.shape(x)).sizes();
    long elements = Arrays.stream(sizes).reduce(1, (a, b) -> a * b);
    Tensor zeros = torch.zeros(elements).to(x.scalar_type());
    Tensor filled = zeros.scatter(0, numbers.reshape(-1), x.reshape(-1));
    return Tensors.channelsLast(filled.reshape(sizes));
  }
}
