package dev.capstan.torch.internal.projection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.torch.internal.tensor.Tensors;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** docs/method.md, section 7: the proxy's gradient, and orthonormality after every step. */
class PolarTest {
  private static final double ROUND_OFF = 1e-12;

  /** What central differences of step 1e-5 leave in float64. */
  private static final double DIFFERENCES = 1e-8;

  @ParameterizedTest
  @CsvSource({"1,1", "5,1", "6,3", "8,8", "40,20"})
  void factorIsOrthonormalAndNearest(int n, int r) {
    try (PointerScope scope = new PointerScope()) {
      Tensor y = random(n, r, 1);
      Tensor p = Polar.factor(y);
      assertThat(distanceFromOrthonormal(p)).isLessThan(ROUND_OFF);
      // P is nearest exactly if P^T Y is symmetric and positive definite.
      Tensor h = p.t().matmul(y);
      assertThat(largest(h.sub(h.t()))).isLessThan(ROUND_OFF);
      assertThat(torch.linalg_eigvalsh(h).min().item_double()).isPositive();
    }
  }

  @Test
  void factorOfNearlySingularMatrixIsOrthonormal() {
    try (PointerScope scope = new PointerScope()) {
      Tensor y = random(12, 4, 2);
      y.select(1, 0).mul_(new Scalar(1e-7));
      assertThat(distanceFromOrthonormal(Polar.factor(y))).isLessThan(ROUND_OFF);
    }
  }

  @ParameterizedTest
  @CsvSource({"1,1", "5,1", "6,3", "7,7", "12,5"})
  void gradientEqualsFiniteDifferences(int n, int r) {
    try (PointerScope scope = new PointerScope()) {
      Tensor y = random(n, r, 3);
      Tensor g = random(n, r, 4);
      assertThat(largest(Polar.gradient(y, g).sub(differences(y, g)))).isLessThan(DIFFERENCES);
    }
  }

  @ParameterizedTest
  @CsvSource({"5,1", "6,3", "7,7", "12,5"})
  void gradientAtEqualSingularValuesEqualsFiniteDifferences(int n, int r) {
    try (PointerScope scope = new PointerScope()) {
      Tensor p = Polar.factor(random(n, r, 5));
      Tensor g = random(n, r, 6);
      Tensor expected = differences(p, g);
      assertThat(largest(Polar.tangent(p, g).sub(expected))).isLessThan(DIFFERENCES);
      assertThat(largest(Polar.gradient(p, g).sub(expected))).isLessThan(DIFFERENCES);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "8,3,0.01",
    "64,32,0.03",
    "64,32,1",
    "16,16,0.1",
    "96,40,0.5",
    "512,256,0.03",
    "300,300,0.03"
  })
  void staysOrthonormalAfterEveryStep(int n, int r, double rate) {
    try (PointerScope scope = new PointerScope();
        OrthonormalMatrix adam = new OrthonormalMatrix(Polar.factor(random(n, r, 7)))) {
      for (int step = 0; step < 30; step++) {
        adam.step(random(n, r, 100 + step).to(ScalarType.Float), rate);
        assertThat(distanceFromOrthonormal(adam.matrix().to(ScalarType.Double))).isLessThan(1e-5);
      }
    }
  }

  @Test
  void findsTheLeadingSubspace() {
    // L = -tr(P^T A P) / 2 is least where P spans A's leading eigenvectors.
    try (PointerScope scope = new PointerScope();
        OrthonormalMatrix adam = new OrthonormalMatrix(Polar.factor(random(10, 3, 8)))) {
      Tensor root = random(10, 10, 9);
      Tensor a = root.matmul(root.t()).to(ScalarType.Float);
      for (int step = 0; step < 400; step++) {
        adam.step(a.matmul(adam.matrix()).neg(), 0.05 * (1 - step / 400.0));
      }
      Tensor p = adam.matrix();
      double captured = p.t().matmul(a).matmul(p).trace().item_double();
      double best = torch.linalg_eigvalsh(a).narrow(0, 7, 3).sum().item_double();
      assertThat(captured).isGreaterThan(0.9999 * best);
    }
  }

  /** d <G, polar(Y)> / dY by central differences. */
  private static Tensor differences(Tensor y, Tensor g) {
    double h = 1e-5;
    Tensor result = torch.zeros_like(y);
    for (int i = 0; i < y.size(0); i++) {
      for (int j = 0; j < y.size(1); j++) {
        Tensor delta = torch.zeros_like(y);
        delta.select(0, i).select(0, j).fill_(new Scalar(h));
        Tensor change = Polar.factor(y.add(delta)).sub(Polar.factor(y.sub(delta)));
        double slope = change.mul(g).sum().item_double() / (2 * h);
        result.select(0, i).select(0, j).fill_(new Scalar(slope));
      }
    }
    return result;
  }

  private static double distanceFromOrthonormal(Tensor p) {
    Tensor gram = p.t().matmul(p);
    return largest(gram.sub(torch.eye(p.size(1)).to(ScalarType.Double)));
  }

  private static double largest(Tensor tensor) {
    return tensor.abs().max().item_double();
  }

  private static Tensor random(int rows, int columns, long seed) {
    RandomGenerator random = RandomGeneratorFactory.of("SplittableRandom").create(seed);
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = 2 * random.nextFloat() - 1;
    }
    return Tensors.of(values, rows, columns).to(ScalarType.Double);
  }
}
