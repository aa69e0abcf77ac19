package dev.capstan.torch.internal.train;

import dev.capstan.graph.Constant;
import dev.capstan.torch.internal.checkpoint.SealedFile;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Adam (Kingma and Ba, 2015) whose rate is a share of each tensor's size, as in Adafactor (Shazeer
 * and Stern, 2018, section 8): with {@code m = b1 m + (1 - b1) g} and {@code v = b2 v + (1 - b2)
 * g^2}, both without their bias towards 0, a step is {@code w = w - rate s m / (sqrt(v) + e)}. Here
 * s is the root mean square of the tensor's elements before the first step, so that one rate suits
 * kernels, scales and biases of every layer.
 */
final class RelativeAdam implements Optimiser {
  private static final double BETA1 = 0.9;

  /** Runs are of some hundred steps: a longer memory than a hundred would be no better a mean. */
  private static final double BETA2 = 0.99;

  private static final double EPSILON = 1e-8;

  /** Least size of a tensor: one of zeros is to move, too. */
  private static final double LEAST_SIZE = 1e-3;

  private static final String MEAN = "mean:";
  private static final String SQUARE = "square:";
  private static final String STEPS = "steps";

  private final double rate;
  private final FlatTensors values;
  private final FlatTensors gradients;
  private final FlatTensors sizes;
  private final FlatTensors means;
  private final FlatTensors squares;
  private int steps;

  /**
   * An optimiser of weights, at rest.
   *
   * @param values stay the caller's
   * @param gradients of the same names; stay the caller's
   * @param rate share of its size by which a tensor's elements move in a step, at most about
   */
  RelativeAdam(FlatTensors values, FlatTensors gradients, double rate) {
    this.rate = rate;
    this.values = values;
    this.gradients = gradients;
    sizes = gradients.zeros();
    means = gradients.zeros();
    squares = gradients.zeros();
    sizes.views().forEach((name, size) -> fill(size, values.view(name)));
  }

  private static void fill(Tensor size, Tensor weights) {
    try (NoGradGuard guard = new NoGradGuard();
        PointerScope scope = new PointerScope()) {
      double root = Math.sqrt(weights.square().mean().item_double());
      size.fill_(new Scalar(Math.max(LEAST_SIZE, root)));
    }
  }

  @Override
  public void step(double height) {
    steps++;
    try (NoGradGuard guard = new NoGradGuard();
        PointerScope scope = new PointerScope()) {
      Tensor gradient = gradients.whole();
      Tensor mean = means.whole().mul_(new Scalar(BETA1)).add_(gradient, new Scalar(1 - BETA1));
      Tensor square =
          squares
              .whole()
              .mul_(new Scalar(BETA2))
              .addcmul_(gradient, gradient, new Scalar(1 - BETA2));
      Tensor root = square.mul(new Scalar(1 / (1 - Math.pow(BETA2, steps)))).sqrt_();
      double length = rate * height / (1 - Math.pow(BETA1, steps));
      Tensor direction = mean.div(root.add_(new Scalar(EPSILON))).mul_(sizes.whole());
      values.whole().sub_(direction, new Scalar(length));
      gradient.zero_();
    }
  }

  @Override
  public void rest() {
    means.clear();
    squares.clear();
    steps = 0;
  }

  @Override
  public Map<String, Constant> moments() {
    Map<String, Constant> moments = new LinkedHashMap<>();
    means.constants().forEach((name, mean) -> moments.put(MEAN + name, mean));
    squares.constants().forEach((name, square) -> moments.put(SQUARE + name, square));
    moments.put(STEPS, Constant.of(new float[] {steps}, 1));
    return moments;
  }

  @Override
  public void resume(Map<String, Constant> moments) {
    SealedFile.State state = new SealedFile.State(moments, Map.of());
    means.set(state.part(MEAN));
    squares.set(state.part(SQUARE));
    steps = (int) Objects.requireNonNull(moments.get(STEPS), STEPS).floats()[0];
  }

  @Override
  public void close() {
    sizes.close();
    means.close();
    squares.close();
  }
}
