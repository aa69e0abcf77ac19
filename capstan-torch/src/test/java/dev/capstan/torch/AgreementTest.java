package dev.capstan.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which of two networks is nearer to the original. */
class AgreementTest {
  private static Agreement agreement(
      double divergence, @Nullable Double top1, @Nullable Double accuracy) {
    return new Agreement(top1, divergence, accuracy, Map.of(), null);
  }

  @Test
  void roundOffIsNoGain() {
    Agreement before = agreement(3e-8, null, null);
    assertThat(agreement(-3e-8, null, null).isNearerThan(before)).isFalse();
    assertThat(agreement(0.5, null, null).isNearerThan(agreement(0.5001, null, null))).isFalse();
    assertThat(agreement(0.4, null, null).isNearerThan(agreement(0.5, null, null))).isTrue();
    assertThat(agreement(Double.NaN, null, null).isNearerThan(before)).isFalse();
  }

  @Test
  void whatGetsFewerClassesRightIsNoGain() {
    Agreement before = agreement(0.5, 90.0, 80.0);
    assertThat(agreement(0.1, 90.0, 80.0).isNearerThan(before)).isTrue();
    assertThat(agreement(0.1, 89.5, 80.0).isNearerThan(before)).isFalse();
    assertThat(agreement(0.1, 92.0, 79.5).isNearerThan(before)).isFalse();
  }

  /** One image of a hundred more or less says nothing, a divergence lower by a quarter does. */
  @Test
  void sharesOfFewImagesAreKnownToTheirStandardErrorOnly() {
    Agreement before = agreement(0.010, 96.0, null);
    assertThat(agreement(0.007, 95.0, null).isNearerThan(before, 100)).isTrue();
    assertThat(agreement(0.007, 93.0, null).isNearerThan(before, 100)).isFalse();
    assertThat(agreement(0.007, 95.0, null).isNearerThan(before, 10_000)).isFalse();
    assertThat(agreement(0.011, 95.0, null).isNearerThan(before, 100)).isFalse();
    assertThat(agreement(0.0098, 95.0, null).isNearerThan(before, 100)).isFalse();
    assertThat(agreement(0.0098, 96.0, null).isNearerThan(before, 100)).isTrue();
    assertThat(agreement(0.007, 99.9, null).isNearerThan(agreement(0.010, 100.0, null), 100))
        .isFalse();
  }

  /** Labels teach too: they may lead away from the original, which errs. */
  @Test
  void whatGetsMoreLabelsRightIsAGainOfItsOwn() {
    Agreement before = agreement(0.5, 90.0, 80.0);
    assertThat(agreement(0.9, 85.0, 82.0).isMoreAccurateThan(before)).isTrue();
    assertThat(agreement(0.1, 95.0, 80.0).isMoreAccurateThan(before)).isFalse();
    assertThat(agreement(0.1, 95.0, null).isMoreAccurateThan(before)).isFalse();
  }
}
