package dev.capstan.rank.allocate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SensitivitiesTest {
  @Test
  void isStraightBetweenWhatWasMeasuredAndZeroAtTheWidth() {
    Sensitivities.Curve curve = Sensitivities.Curve.of(16, Map.of(4, 1.0, 8, 0.4));

    assertThat(curve.rise(4)).isEqualTo(1);
    assertThat(curve.rise(6)).isCloseTo(0.7, within(1e-12));
    assertThat(curve.rise(12)).isCloseTo(0.2, within(1e-12));
    assertThat(curve.rise(16)).isZero();
    assertThat(curve.rise(2)).isCloseTo(1.3, within(1e-12));
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
