package dev.capstan.torch.internal.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.capstan.torch.internal.tensor.Tensors;
import java.util.List;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.StringViewOptional;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Steps along the orthogonalised momentum. */
class MuonTest {
  private static final double SHARE = 0.01;

  private final PointerScope scope = new PointerScope();
  private final SplittableRandom random = new SplittableRandom(5);

  @AfterEach
  void close() {
    scope.close();
  }

  private Tensor drawn(long... sizes) {
    return Gaussian.drawn(random, sizes);
  }

  /** What one step from rest subtracts from a kernel. */
  private static Tensor step(Tensor weights, Tensor gradient, int groups) {
    Tensor before = weights.clone();
    Tensor velocity = torch.zeros_like(weights);
    new Muon(List.of(new Muon.Kernel(weights, gradient.clone(), velocity, groups)), 0.9)
        .step(SHARE);
    return before.sub(weights);
  }

  @ParameterizedTest
  @CsvSource({"8, 5, 3", "40, 2, 3", "6, 6, 1", "96, 40, 3"})
  void aStepTurnsEveryDirectionOfTheGradientAlikeAndHasItsShareOfTheNorm(
      long outputs, long inputs, long extent) {
    Tensor weights = drawn(outputs, inputs, extent, extent);
    Tensor gradient = drawn(outputs, inputs, extent, extent);
    double norm = weights.norm().item_double();
    Tensor step = step(weights, gradient, 1);
    assertThat(step.norm().item_double()).isCloseTo(SHARE * norm, within(1e-4 * norm));
    T_TensorTensorTensor_T svd =
        torch.linalg_svd(gradient.reshape(outputs, -1), false, new StringViewOptional());
    Tensor seen = svd.get0().t().matmul(step.reshape(outputs, -1)).matmul(svd.get2().t());
    Tensor along = seen.diagonal();
    double mean = along.mean().item_double();
    assertThat(along.min().item_double()).isGreaterThan(0.7 * mean);
    assertThat(along.max().item_double()).isLessThan(1.4 * mean);
    assertThat(seen.sub(torch.diag(along)).abs().max().item_double()).isLessThan(1e-3 * mean);
  }

  @Test
  void theLengthOfAGradientDoesNotMatter() {
    Tensor weights = drawn(4, 3, 3, 3);
    Tensor gradient = drawn(4, 3, 3, 3);
    float[] one = Tensors.floats(step(weights.clone(), gradient, 1));
    float[] thousand = Tensors.floats(step(weights.clone(), gradient.mul(new Scalar(1000.0)), 1));
    for (int i = 0; i < one.length; i++) {
      assertThat(thousand[i]).isCloseTo(one[i], within(1e-5f));
    }
  }

  @Test
  void groupsAreOrthogonalEachInItself() {
    Tensor weights = drawn(6, 4, 3, 3);
    Tensor gradient = drawn(6, 4, 3, 3);
    Tensor both = step(weights.clone(), gradient, 2);
    for (long from = 0; from < 6; from += 3) {
      Tensor alone =
          step(weights.narrow(0, from, 3).clone(), gradient.narrow(0, from, 3).contiguous(), 1);
      Tensor part = both.narrow(0, from, 3);
      Tensor difference = part.div(part.norm()).sub(alone.div(alone.norm()));
      assertThat(difference.norm().item_double()).isLessThan(1e-5);
    }
  }

  @Test
  void withoutGradientNothingMoves() {
    Tensor weights = drawn(4, 3, 1, 1);
    assertThat(Tensors.floats(step(weights, torch.zeros_like(weights), 1))).containsOnly(0);
  }

  @Test
  void momentumIsNesterovs() {
    Tensor weights = drawn(2, 3, 1, 1);
    Tensor velocity = drawn(2, 3, 1, 1);
    Tensor gradient = drawn(2, 3, 1, 1);
    Tensor expected =
        gradient.add(velocity.mul(new Scalar(0.9)).add(gradient).mul(new Scalar(0.9)));
    Tensor alone = step(weights.clone(), expected, 1);
    Tensor before = weights.clone();
    Tensor left = gradient.clone();
    new Muon(List.of(new Muon.Kernel(weights, left, velocity, 1)), 0.9).step(SHARE);
    assertThat(before.sub(weights).sub(alone).norm().item_double()).isLessThan(1e-6);
    assertThat(Tensors.floats(left)).containsOnly(0);
  }
}
