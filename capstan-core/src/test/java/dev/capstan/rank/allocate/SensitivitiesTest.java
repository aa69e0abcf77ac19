package dev.capstan.rank.allocate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class SensitivitiesTest {
  @Test
  void goesThroughWhatWasMeasuredAndIsZeroAtTheWidth() {
    Sensitivities.Curve curve = Sensitivities.Curve.of(16, Map.of(4, 1.0, 8, 0.4));

    assertThat(curve.rise(4)).isEqualTo(1);
    assertThat(curve.rise(8)).isEqualTo(0.4);
    assertThat(curve.rise(16)).isZero();
    assertThat(curve.rise(2)).isCloseTo(1.3, within(1e-12));
  }

  /** Errors fall steeply first: a convex curve lies under its secants. */
  @Test
  void bendsBetweenWhatWasMeasuredWhereErrorsDo() {
    Map<Integer, Double> measured = Map.of(16, 0.28428, 32, 0.0857, 56, 0.00563);
    Sensitivities.Curve curve = Sensitivities.Curve.of(64, measured);

    // Measured of the third stage of a ResNet-20: 0.15679 at 24, 0.02386 at 48.
    assertThat(curve.rise(24)).isCloseTo(0.15679, within(0.01));
    assertThat(curve.rise(48)).isCloseTo(0.02386, within(0.006));
  }

  /** What scipy.interpolate.PchipInterpolator([4, 8, 12, 16], [1.2, 0.6, 0.15, 0]) gives. */
  @Test
  void isFritschAndButlandsCurve() {
    Sensitivities.Curve curve = Sensitivities.Curve.of(16, Map.of(4, 1.2, 8, 0.6, 12, 0.15));

    assertThat(curve.rise(5)).isCloseTo(1.035435267857, within(1e-9));
    assertThat(curve.rise(10)).isCloseTo(0.338839285714, within(1e-9));
    assertThat(curve.rise(14)).isCloseTo(0.046875, within(1e-9));
  }

  @RepeatedTest(50)
  void neverRisesWithTheRank(RepetitionInfo info) {
    SplittableRandom random = new SplittableRandom(info.getCurrentRepetition());
    Map<Integer, Double> points = new TreeMap<>();
    for (int i = random.nextInt(1, 6); i > 0; i--) {
      points.put(random.nextInt(1, 64), random.nextDouble(-0.1, 1));
    }
    Sensitivities.Curve curve = Sensitivities.Curve.of(64, points);

    for (int rank = 1; rank < 64; rank++) {
      assertThat(curve.rise(rank)).isGreaterThanOrEqualTo(curve.rise(rank + 1) - 1e-12);
    }
  }

  /** Fewer channels never do better, whatever noise says, and never better than all. */
  @Test
  void isMonotone() {
    Sensitivities.Curve curve = Sensitivities.Curve.of(16, Map.of(4, 0.3, 8, 0.5, 12, -0.1));

    assertThat(curve.rise(12)).isZero();
    assertThat(curve.rise(8)).isEqualTo(0.5);
    assertThat(curve.rise(4)).isEqualTo(0.5);
    assertThat(curve.rise(1)).isEqualTo(0.5);
  }

  @Test
  void aSpaceThatWasNotMeasurableIsFlat() {
    assertThat(Sensitivities.Curve.of(4, Map.of()).rise(4)).isZero();
  }
}
