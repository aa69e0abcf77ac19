package dev.capstan.torch.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.graph.op.Conv;
import dev.capstan.graph.op.Window;
import dev.capstan.recipe.Compute;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.tensor.Precision;
import dev.capstan.torch.internal.tensor.Tensors;
import org.assertj.core.data.Offset;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Kernels as learning makes them: views of a product, whose axes lie in another order. */
final class ConvolutionTest {
  private static final int CHANNELS = 24;

  /** One thread on few images takes another path of libtorch's, which minds the layout. */
  @ParameterizedTest
  @CsvSource({"1, 1", "1, 3", "8, 1", "8, 24"})
  void gradientsDoNotDependOnTheLayout(int images, int outputs) {
    Execution.of(Compute.fp32(1)).apply();
    try (PointerScope scope = new PointerScope()) {
      Tensor product = torch.randn(3, 3, CHANNELS, outputs);
      Tensor view = product.permute(3, 2, 0, 1);
      Tensor x = Tensors.channelsLast(torch.randn(images, CHANNELS, 5, 7));

      assertThat(Tensors.floats(gradient(x, view.detach())))
          .containsExactly(Tensors.floats(gradient(x, view.contiguous())), Offset.offset(1e-3f));
    }
  }

  private static Tensor gradient(Tensor x, Tensor kernel) {
    Tensor leaf = kernel.set_requires_grad(true);
    Conv conv = new Conv(Window.square(3, 1, 1), 1);
    Convolution.run(conv, new Tensor[] {x, leaf}, Precision.FP32).square().sum().backward();
    return leaf.grad();
  }
}
