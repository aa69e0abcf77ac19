package dev.capstan.torch.internal.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.capstan.torch.internal.tensor.Tensors;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** The steps on a quadratic are those of torch.optim.SGD(nesterov=True). */
class NesterovSgdTest {
  private static final double RATE = 0.1;
  private static final double MOMENTUM = 0.9;
  private static final double DECAY = 0.01;
  private static final double[] CURVATURE = {1, 3, 0.5};

  @Test
  void followsTheFormulaAndDecaysKernelsOnly() {
    double[] weights = {1, -2, 0.25};
    double[] velocity = new double[3];
    try (PointerScope scope = new PointerScope()) {
      Tensor w = Tensors.of(new float[] {1, -2, 0.25f}, 3);
      Tensor g = Tensors.of(new float[3], 3);
      NesterovSgd sgd = new NesterovSgd(w, g, Tensors.of(new float[3], 3), 2, MOMENTUM, DECAY);
      for (int step = 0; step < 20; step++) {
        g.copy_(w.mul(Tensors.of(new float[] {1, 3, 0.5f}, 3)));
        sgd.step(RATE);
        expected(weights, velocity);
        assertThat(Tensors.floats(g)).containsOnly(0);
        float[] found = Tensors.floats(w);
        for (int i = 0; i < found.length; i++) {
          assertThat((double) found[i]).isCloseTo(weights[i], within(1e-5));
        }
      }
    }
  }

  /** PyTorch: g += decay w; v = momentum v + g; g += momentum v; w -= rate g. */
  private static void expected(double[] weights, double[] velocity) {
    for (int i = 0; i < weights.length; i++) {
      double gradient = CURVATURE[i] * weights[i] + (i < 2 ? DECAY * weights[i] : 0);
      velocity[i] = MOMENTUM * velocity[i] + gradient;
      weights[i] -= RATE * (gradient + MOMENTUM * velocity[i]);
    }
  }
}
