package dev.capstan.torch.internal.regression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.capstan.testing.OrtOracle;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.Objects;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Least squares from streamed sums. */
class NormalEquationsTest {
  private static final int ROWS = 60;
  private static final int INPUTS = 5;
  private static final int OUTPUTS = 3;

  private final PointerScope scope = new PointerScope();

  private final Tensor x = random(1, ROWS, INPUTS);
  private final Tensor y = random(2, ROWS, OUTPUTS);
  private final Tensor start = random(3, INPUTS + 1, OUTPUTS);

  @AfterEach
  void free() {
    scope.close();
  }

  private static Tensor random(long seed, long... sizes) {
    return Tensors.of(OrtOracle.Tensor.random(seed, sizes).values(), sizes).to(ScalarType.Double);
  }

  private static NormalEquations of(Tensor x, Tensor y, long batch) {
    NormalEquations equations = new NormalEquations(x.size(1), y.size(1));
    for (long from = 0; from < x.size(0); from += batch) {
      long count = Math.min(batch, x.size(0) - from);
      equations.add(x.narrow(0, from, count), y.narrow(0, from, count));
    }
    return equations;
  }

  private static Tensor residual(Tensor x, Tensor theta, Tensor y) {
    return withOnes(x).matmul(theta).sub(y);
  }

  private static Tensor withOnes(Tensor x) {
    return torch.cat(new TensorVector(x, x.new_ones(x.size(0), 1)), 1);
  }

  private Tensor solve(Tensor inputs, double ridge) {
    try (NormalEquations equations = of(inputs, y, 7)) {
      return Objects.requireNonNull(equations.solve(start, ridge));
    }
  }

  @Test
  void whatIsLeftIsOrthogonalToTheInputs() {
    Tensor left = withOnes(x).t().matmul(residual(x, solve(x, 0), y));
    assertThat(left.abs().max().item_double()).isLessThan(1e-10);
  }

  @Test
  void theErrorIsThatOfTheRows() {
    try (NormalEquations equations = of(x, y, ROWS)) {
      assertThat(equations.error(start))
          .isCloseTo(residual(x, start, y).square().sum().item_double(), within(1e-9));
    }
  }

  @Test
  void muchRidgeHoldsAllButTheBias() {
    Tensor theta = solve(x, 1e9);
    Tensor moved = theta.sub(start).abs();
    assertThat(moved.narrow(0, 0, INPUTS).max().item_double()).isLessThan(1e-6);
    assertThat(residual(x, theta, y).sum(0).abs().max().item_double()).isLessThan(1e-6);
  }

  /** Least squares gives less variance than the target has; stretched, it has as much. */
  @Test
  void matchedOutputsHaveTheMeanAndVarianceOfTheirTargets() {
    Tensor targets = withOnes(x).matmul(start).add(y);
    try (NormalEquations equations = of(x, targets, 7)) {
      Tensor solved = Objects.requireNonNull(equations.solve(start, 0));
      Tensor outputs = withOnes(x).matmul(Objects.requireNonNull(equations.matched(solved)));
      Tensor lost = variance(targets).sub(variance(withOnes(x).matmul(solved)));

      assertThat(furthest(mean(outputs), mean(targets))).isLessThan(1e-12);
      assertThat(furthest(variance(outputs), variance(targets))).isLessThan(1e-12);
      assertThat(lost.min().item_double()).isGreaterThan(0.01);
    }
  }

  /** An output that hangs on nothing varies by round-off alone. */
  @Test
  void whatIsConstantIsMovedAlone() {
    Tensor theta = solve(x, 0);
    theta.narrow(0, 0, INPUTS).zero_();
    try (NormalEquations equations = of(x, y, 7)) {
      Tensor matched = Objects.requireNonNull(equations.matched(theta));
      assertThat(matched.narrow(0, 0, INPUTS).abs().max().item_double()).isZero();
      assertThat(furthest(matched.narrow(0, INPUTS, 1), mean(y))).isLessThan(1e-12);
    }
  }

  private static Tensor mean(Tensor rows) {
    return rows.mean(new long[] {0}, true, new ScalarTypeOptional());
  }

  private static Tensor variance(Tensor rows) {
    return mean(rows.sub(mean(rows)).square());
  }

  private static double furthest(Tensor a, Tensor b) {
    return a.sub(b).abs().max().item_double();
  }

  /** Two inputs that are the same, and one that is always 0, which keeps its weights. */
  @Test
  void singularSystemsAreSolved() {
    Tensor singular = x.clone();
    singular.narrow(1, 1, 1).copy_(singular.narrow(1, 0, 1));
    singular.narrow(1, 2, 1).zero_();
    Tensor theta = solve(singular, 0);
    Tensor left = withOnes(singular).t().matmul(residual(singular, theta, y));
    assertThat(left.abs().max().item_double()).isLessThan(1e-4);
    assertThat(theta.sub(start).narrow(0, 2, 1).abs().max().item_double()).isLessThan(1e-6);
  }

  @Test
  void whatIsNoNumberIsNotSolved() {
    try (NormalEquations equations = of(x.log(), y, ROWS)) {
      assertThat(equations.solve(start, 1e-3)).isNull();
      assertThat(equations.matched(start)).isNull();
    }
  }
}
