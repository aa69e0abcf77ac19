package dev.capstan.torch.internal.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.capstan.torch.internal.tensor.Tensors;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** docs/method.md, section 4.3: what the coordinates of steps are. */
class StepCoordinatesTest {
  private static final int N = 9;
  private static final int[] SELECTED = {1, 2, 5, 8};
  private static final int R = SELECTED.length;
  private static final double RIDGE = 0.03;

  private final PointerScope scope = new PointerScope();
  private final SplittableRandom random = new SplittableRandom(3);
  private float[] sizes;
  private Tensor moments;
  private float[] correlations;

  /** Channels behind a ReLU: positive, and so alike, of sizes from 1 to 256. */
  @BeforeEach
  void channels() {
    Tensor x = drawn(40, N).add(new Scalar(1)).clamp_min(new Scalar(0));
    for (int i = 0; i < N; i++) {
      x.select(1, i).mul_(new Scalar(Math.pow(2, i)));
    }
    moments = x.t().matmul(x).div(new Scalar(40.0));
    Tensor roots = moments.diagonal().sqrt();
    sizes = Tensors.floats(roots);
    correlations = Tensors.floats(moments.div(roots.unsqueeze(0)).div(roots.unsqueeze(1)));
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private Tensor drawn(int rows, int columns) {
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (2 * random.nextDouble() - 1);
    }
    return Tensors.of(values, rows, columns);
  }

  private StepCoordinates of(boolean encodes) {
    return encodes
        ? StepCoordinates.encoding(sizes, correlations, SELECTED)
        : StepCoordinates.decoding(sizes, correlations, SELECTED);
  }

  /** The chain rule: {@code <dL/dU, V> = <dL/dX, X(V)>} for all V. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void gradientsAreTheAdjointOfSteps(boolean encodes) {
    try (StepCoordinates coordinates = of(encodes)) {
      Tensor gradient = drawn(N, R);
      Tensor step = drawn(N, R);
      double inside = coordinates.gradient(gradient).mul(step).sum().item_double();
      double outside = gradient.mul(coordinates.step(step)).sum().item_double();
      assertThat(inside).isCloseTo(outside, within(1e-4 * Math.abs(outside)));
    }
  }

  /** E^T x moves by as much, in units of the channels kept, whichever way U goes. */
  @Test
  void whatIsEncodedMovesAlikeInAllDirections() {
    try (StepCoordinates coordinates = of(true)) {
      Tensor ridged = moments.add(torch.diag(moments.diagonal()).mul(new Scalar(RIDGE)));
      Tensor u = drawn(N, R);
      Tensor e = coordinates.step(u);
      Tensor units = Tensors.of(sizes, N).index_select(0, selected());
      Tensor energies = e.t().matmul(ridged).matmul(e).diagonal().div(units.square());
      double norm = u.square().sum().item_double();
      assertThat(energies.sum().item_double()).isCloseTo(norm, within(1e-3 * norm));
    }
  }

  /** D z moves by as much, in units of the channels rebuilt, whichever way U goes. */
  @Test
  void whatIsRebuiltMovesAlikeInAllDirections() {
    try (StepCoordinates coordinates = of(false)) {
      Tensor among = moments.index_select(0, selected()).index_select(1, selected());
      Tensor ridged = among.add(torch.diag(among.diagonal()).mul(new Scalar(RIDGE)));
      Tensor u = drawn(N, R);
      Tensor d = coordinates.step(u);
      Tensor energies =
          d.matmul(ridged).matmul(d.t()).diagonal().div(Tensors.of(sizes, N).square());
      double norm = u.square().sum().item_double();
      assertThat(energies.sum().item_double()).isCloseTo(norm, within(1e-3 * norm));
    }
  }

  /** Channels that are all the same one, or say nothing, have no inverse. */
  @Test
  void withoutAnyDifferenceAmongChannelsStepsAreNumbers() {
    Arrays.fill(correlations, 1);
    try (StepCoordinates same = of(true)) {
      assertThat(same.step(drawn(N, R)).isfinite().all().item_bool()).isTrue();
    }
    Arrays.fill(correlations, 0);
    try (StepCoordinates silent = of(false)) {
      Tensor u = drawn(N, R);
      float[] ratio = Tensors.floats(silent.step(u).div(u));
      double flat = 1 / Math.sqrt(RIDGE);
      for (int i = 0; i < ratio.length; i++) {
        double units = sizes[i / R] / sizes[SELECTED[i % R]];
        assertThat(ratio[i] / units).isCloseTo(flat, within(1e-3 * flat));
      }
    }
  }

  private static Tensor selected() {
    long[] places = new long[R];
    for (int k = 0; k < R; k++) {
      places[k] = SELECTED[k];
    }
    return Tensors.of(places, R);
  }
}
