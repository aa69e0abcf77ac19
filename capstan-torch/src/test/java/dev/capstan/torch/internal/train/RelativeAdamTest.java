package dev.capstan.torch.internal.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.torch.internal.tensor.Tensors;
import dev.capstan.zoo.Zoo;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Adam at rates that are shares of each tensor's size. */
class RelativeAdamTest {
  private static final double RATE = 0.01;
  private static final String KERNEL = "conv1.weight";
  private static final String BIAS = "linear.bias";
  private static final List<String> NAMES = List.of(KERNEL, BIAS);

  private final Graph graph = Zoo.randomCifarResNet(1, List.of(4), 10, 3);
  private final SplittableRandom random = new SplittableRandom(7);
  private final PointerScope scope = new PointerScope();
  private NoGradGuard guard;

  @BeforeEach
  void withoutGradients() {
    guard = new NoGradGuard();
  }

  @AfterEach
  void close() {
    guard.close();
    scope.close();
  }

  /** Weights, their gradients and what moves them. */
  private final class Run {
    final FlatTensors values;
    final FlatTensors gradients;
    final RelativeAdam adam;

    Run(Map<String, Constant> weights) {
      values = FlatTensors.of(graph, NAMES, ScalarType.Float);
      values.set(weights);
      gradients = values.zeros();
      adam = new RelativeAdam(values, gradients, RATE);
    }

    void step(Map<String, Tensor> gradient) {
      gradient.forEach((name, part) -> gradients.view(name).copy_(part));
      adam.step(1);
    }

    float[] of(String name) {
      return Tensors.floats(values.view(name));
    }
  }

  private Map<String, Constant> weights(double factor) {
    Map<String, Constant> weights = new LinkedHashMap<>();
    for (String name : NAMES) {
      Constant constant = graph.constants().get(name);
      float[] scaled = constant.floats();
      for (int i = 0; i < scaled.length; i++) {
        scaled[i] *= (float) factor;
      }
      weights.put(name, constant.withFloats(scaled, constant.sizes()));
    }
    return weights;
  }

  private Map<String, Tensor> gradient() {
    Map<String, Tensor> drawn = new LinkedHashMap<>();
    NAMES.forEach(
        name -> drawn.put(name, Gaussian.drawn(random, graph.constants().get(name).sizes())));
    return drawn;
  }

  /** The formula in float64, for one element and whatever gradients it had. */
  @Test
  void followsTheFormula() {
    Run run = new Run(weights(1));
    float[] start = run.of(KERNEL);
    double sum = 0;
    for (float weight : start) {
      sum += weight * weight;
    }
    double size = Math.sqrt(sum / start.length);
    double weight = start[5];
    double mean = 0;
    double square = 0;
    for (int t = 1; t <= 12; t++) {
      Map<String, Tensor> drawn = gradient();
      double g = Tensors.floats(drawn.get(KERNEL))[5];
      mean = 0.9 * mean + 0.1 * g;
      square = 0.99 * square + 0.01 * g * g;
      weight -=
          RATE
              * size
              * (mean / (1 - Math.pow(0.9, t)))
              / (Math.sqrt(square / (1 - Math.pow(0.99, t))) + 1e-8);
      run.step(drawn);
      assertThat((double) run.of(KERNEL)[5]).isCloseTo(weight, within(1e-6));
      assertThat(Tensors.floats(run.gradients.whole())).containsOnly(0);
    }
  }

  /** Writing a layer in another unit changes nothing but the unit. */
  @Test
  void aTensorOfAnotherUnitTakesTheSameStepsInThatUnit() {
    Run run = new Run(weights(1));
    Run other = new Run(weights(1000));
    for (int t = 0; t < 5; t++) {
      Map<String, Tensor> drawn = gradient();
      run.step(drawn);
      Map<String, Tensor> inUnit = new LinkedHashMap<>();
      drawn.forEach((name, part) -> inUnit.put(name, part.div(new Scalar(1000))));
      other.step(inUnit);
    }
    float[] plain = run.of(KERNEL);
    float[] scaled = other.of(KERNEL);
    for (int i = 0; i < plain.length; i++) {
      assertThat(scaled[i] / 1000).isCloseTo(plain[i], within(1e-4f));
    }
  }

  @Test
  void zerosMoveToo() {
    Run run = new Run(weights(0));

    run.step(gradient());

    assertThat(run.of(BIAS)).doesNotContain(0);
  }

  @Test
  void goesOnFromItsMomentsToTheSameBits() {
    Run run = new Run(weights(1));
    Run later = new Run(weights(1));
    run.step(gradient());
    run.step(gradient());
    later.values.set(run.values);
    later.adam.resume(run.adam.moments());
    Map<String, Tensor> drawn = gradient();
    run.step(drawn);
    later.step(drawn);

    assertThat(later.of(KERNEL)).containsExactly(run.of(KERNEL));
    run.adam.rest();
    assertThat(run.adam.moments().values())
        .allSatisfy(moment -> assertThat(moment.floats()).containsOnly(0));
  }
}
