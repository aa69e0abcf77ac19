package dev.capstan.torch.internal.regression;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.testing.OrtOracle;
import dev.capstan.torch.internal.tensor.Tensors;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Least squares held back by what was left out. */
class HeldOutRidgeTest {
  private static final long IMAGES = 40;
  private static final long OUTPUTS = 3;

  private final PointerScope scope = new PointerScope();

  @AfterEach
  void free() {
    scope.close();
  }

  private static Tensor random(long seed, long... sizes) {
    return Tensors.of(OrtOracle.Tensor.random(seed, sizes).values(), sizes).to(ScalarType.Double);
  }

  private static Tensor times(Tensor a, double factor) {
    return a.mul(new Scalar(factor));
  }

  /** One equation an image, in batches. */
  private static HeldOutRidge of(Tensor x, Tensor y, long batch) {
    HeldOutRidge equations = new HeldOutRidge(x.size(1), y.size(1));
    for (long from = 0; from < x.size(0); from += batch) {
      long count = Math.min(batch, x.size(0) - from);
      equations.add(x.narrow(0, from, count), y.narrow(0, from, count), from, count);
    }
    return equations;
  }

  private static double error(Tensor x, Tensor theta, Tensor y) {
    try (NormalEquations equations = new NormalEquations(x.size(1), y.size(1))) {
      equations.add(x, y);
      return equations.error(theta);
    }
  }

  /**
   * More weights than equations: fitting them exactly is worse than the start, holding back is not.
   */
  @Test
  void fewEquationsMoveTheStartNoFurtherThanNewOnesBear() {
    long inputs = 100;
    Tensor truth = random(1, inputs + 1, OUTPUTS);
    Tensor start = truth.add(times(random(2, inputs + 1, OUTPUTS), 0.3));
    Tensor x = random(3, IMAGES, inputs);
    Tensor y = outputs(x, truth, 4);
    Tensor unseen = random(5, 200, inputs);
    Tensor expected = outputs(unseen, truth, 6);

    Tensor exact;
    try (NormalEquations all = new NormalEquations(inputs, OUTPUTS)) {
      all.add(x, y);
      exact = requireNonNull(all.solve(start, 1e-8));
    }
    assertThat(error(x, exact, y)).isLessThan(1e-3 * error(x, start, y));
    double before = error(unseen, start, expected);
    assertThat(error(unseen, exact, expected)).isGreaterThan(before);
    try (HeldOutRidge equations = of(x, y, 7)) {
      HeldOutRidge.Solution solution = equations.solve(start, 1e-8, false);
      Tensor theta = solution.theta() == null ? start : solution.theta();
      assertThat(error(unseen, theta, expected)).isLessThan(1.05 * before);
    }
  }

  /** With noise above the start's own error. */
  private static Tensor outputs(Tensor x, Tensor truth, long seed) {
    long inputs = x.size(1);
    return x.matmul(truth.narrow(0, 0, inputs))
        .add(truth.narrow(0, inputs, 1))
        .add(times(random(seed, x.size(0), OUTPUTS), 20));
  }

  @Test
  void enoughEquationsAreSolvedExactly() {
    Tensor truth = random(1, 6, OUTPUTS);
    Tensor x = random(3, IMAGES, 5);
    Tensor y = x.matmul(truth.narrow(0, 0, 5)).add(truth.narrow(0, 5, 1));
    try (HeldOutRidge equations = of(x, y, 11)) {
      HeldOutRidge.Solution solution = equations.solve(random(2, 6, OUTPUTS), 1e-8, false);
      assertThat(requireNonNull(solution.theta()).sub(truth).abs().max().item_double())
          .isLessThan(1e-5);
      assertThat(solution.after()).isLessThan(solution.before());
    }
  }

  @Test
  void theStartStaysWhereItIsBest() {
    Tensor truth = random(1, 6, OUTPUTS);
    Tensor x = random(3, IMAGES, 5);
    Tensor y = x.matmul(truth.narrow(0, 0, 5)).add(truth.narrow(0, 5, 1));
    try (HeldOutRidge equations = of(x, y, 8)) {
      assertThat(equations.solve(truth, 1e-3, false).theta()).isNull();
    }
  }

  /** What is left out hangs on an image's number, not on the cut into batches. */
  @Test
  void theCutIntoBatchesDoesNotMatter() {
    Tensor x = random(3, IMAGES, 5);
    Tensor y = random(4, IMAGES, OUTPUTS);
    Tensor start = random(2, 6, OUTPUTS);
    try (HeldOutRidge one = of(x, y, IMAGES);
        HeldOutRidge many = of(x, y, 3)) {
      Tensor a = requireNonNull(one.solve(start, 1e-3, false).theta());
      Tensor b = requireNonNull(many.solve(start, 1e-3, false).theta());
      assertThat(a.sub(b).abs().max().item_double()).isLessThan(1e-10);
    }
  }
}
