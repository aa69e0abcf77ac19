package dev.capstan.torch.internal.train;

import dev.capstan.graph.Shape;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.SplittableRandom;
import org.bytedeco.pytorch.Tensor;

/** Tensors of normally distributed elements. */
final class Gaussian {
  private Gaussian() {}

  /** A tensor of these extents; the caller's. */
  static Tensor drawn(SplittableRandom random, long... sizes) {
    float[] values = new float[Math.toIntExact(Shape.of(sizes).elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Tensors.of(values, sizes);
  }
}
