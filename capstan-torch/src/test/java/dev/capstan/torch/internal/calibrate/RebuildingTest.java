package dev.capstan.torch.internal.calibrate;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.capstan.space.Basis;
import dev.capstan.space.Groups;
import dev.capstan.testing.OrtOracle;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Channels rebuilt from some of them. */
class RebuildingTest {
  private static final int WIDTH = 9;
  private static final int ROWS = 40;

  private final PointerScope scope = new PointerScope();

  @AfterEach
  void free() {
    scope.close();
  }

  private static Tensor random(long seed, long... sizes) {
    return Tensors.of(OrtOracle.Tensor.random(seed, sizes).values(), sizes);
  }

  private static double[] gram(Tensor rows) {
    return Tensors.doubles(rows.t().matmul(rows));
  }

  private static float[] floats(double[] elements) {
    float[] floats = new float[elements.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) elements[i];
    }
    return floats;
  }

  /** What one choice after the other finds on its way. */
  @ParameterizedTest
  @ValueSource(ints = {1, 4, 8})
  void isThatOfTheGreedyChoice(int rank) {
    double[] moments = gram(random(1, ROWS, WIDTH));
    double[] readers = gram(random(2, 5, WIDTH));
    GreedySelection chosen =
        new GreedySelection(WIDTH, moments, readers, 0.01, Groups.NONE).to(rank);

    Basis found = requireNonNull(Rebuilding.of(moments, chosen.order(), 0.01)).basis();

    assertThat(found.encode()).isEqualTo(chosen.rebuilding().encode());
    for (int i = 0; i < WIDTH; i++) {
      for (int j = 0; j < rank; j++) {
        assertThat(found.decode().at(i, j))
            .isCloseTo(chosen.rebuilding().decode().at(i, j), within(1e-5f));
      }
    }
  }

  /** {@code ||(X - X_s D^T) W^T||^2}. */
  @Test
  void theErrorIsThatOfTheReadersOnTheRows() {
    Tensor x = random(1, ROWS, WIDTH);
    Tensor weights = random(2, 5, WIDTH);
    int[] channels = {2, 3, 7};
    Rebuilding rebuilding = requireNonNull(Rebuilding.of(gram(x), channels, 0.1));

    Tensor decode = Tensors.of(rebuilding.decode(), WIDTH, channels.length).to(x.scalar_type());
    Tensor kept = x.index_select(1, Tensors.of(new long[] {2, 3, 7}, 3));
    Tensor missed = x.sub(kept.matmul(decode.t())).matmul(weights.t());
    double expected = missed.square().sum().item_double();

    assertThat(rebuilding.error(gram(x), gram(weights)))
        .isCloseTo(expected, within(1e-4 * expected));
  }

  /** Fewer rows than channels: the rows are met exactly, others are not. */
  @Test
  void theRidgeIsTheOneThatServesRowsLeftOut() {
    int width = 32;
    Tensor mixing = random(3, 6, width);
    double[] readers = gram(random(4, 5, width));
    SpaceMoments moments = new SpaceMoments(width, readers, true);
    moments.add(floats(gram(noisy(5, 20, mixing))), 1, false);
    double[] leftOut = gram(noisy(6, 200, mixing));
    moments.add(floats(leftOut), 1, true);
    moments.read(floats(leftOut), true);

    assertThat(moments.ridge()).isGreaterThan(GreedySelection.RIDGE);
    assertThat(error(gram(noisy(5, 20, mixing)), moments.ridge(), readers, mixing))
        .isLessThan(
            0.7 * error(gram(noisy(5, 20, mixing)), GreedySelection.RIDGE, readers, mixing));
  }

  private static double error(double[] moments, double ridge, double[] readers, Tensor mixing) {
    int width = (int) mixing.size(1);
    int[] half = IntStream.range(0, width / 2).toArray();
    return requireNonNull(Rebuilding.of(moments, half, ridge))
        .error(gram(noisy(7, 200, mixing)), readers);
  }

  /** Rows of six factors and noise. */
  private static Tensor noisy(long seed, long rows, Tensor mixing) {
    return random(seed, rows, mixing.size(0))
        .matmul(mixing)
        .add(random(seed + 100, rows, mixing.size(1)));
  }

  /** As behind activations that are straight where a network does not leave them. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void channelsOfOneFactorAreRebuiltFromIt(long seed) {
    int width = 80;
    Tensor factor = random(seed, 20_000, 1);
    Tensor x = factor.matmul(random(seed + 10, 1, width).add(new Scalar(3)));
    double[] moments = new double[width * width];
    SpaceMoments.add(moments, Moments.of(x, -1, 0, width, 1), 1);

    int[] most = IntStream.range(0, 56).toArray();
    double[] decode = requireNonNull(Rebuilding.of(moments, most, GreedySelection.RIDGE)).decode();

    double largest = Arrays.stream(decode).map(Math::abs).max().orElseThrow();
    assertThat(largest).as("of D, not noise multiplied").isLessThan(1.01);
  }

  @Test
  void momentsOfNothingLeaveTheLeastRidge() {
    double[] zero = new double[WIDTH * WIDTH];
    assertThat(new SpaceMoments(WIDTH, zero, true).ridge()).isEqualTo(GreedySelection.RIDGE);
  }
}
