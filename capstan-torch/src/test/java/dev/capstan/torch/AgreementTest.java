package dev.capstan.torch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.recipe.stage.Choices;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which of two networks is nearer to the original. */
class AgreementTest {
  /** Divergences of four images. */
  private static final double[] BEFORE = {0.2, 0.2, 0.2, 0.2};

  private static final double[] ONE_HIGHER = {0.1, 0.1, 0.1, 0.9};

  private static Agreement agreement(
      double divergence, @Nullable Double top1, @Nullable Double accuracy) {
    return new Agreement(top1, divergence, accuracy, Map.of(), null);
  }

  @Test
  void roundOffIsNoGain() {
    Agreement before = agreement(3e-8, null, null);
    assertThat(agreement(-3e-8, null, null).isNearerThan(before, 100)).isFalse();
    assertThat(agreement(0.5, null, null).isNearerThan(agreement(0.5001, null, null), 100))
        .isFalse();
    assertThat(agreement(0.4, null, null).isNearerThan(agreement(0.5, null, null), 100)).isTrue();
    assertThat(agreement(Double.NaN, null, null).isNearerThan(before, 100)).isFalse();
    assertThat(agreement(Double.NaN, 99.0, null).isNearerThan(agreement(0.5, 50.0, null), 100))
        .isFalse();
  }

  @Test
  void whatGetsFewerClassesRightIsNoGain() {
    Agreement before = agreement(0.5, 90.0, 80.0);
    assertThat(agreement(0.1, 90.0, 80.0).isNearerThan(before, 10_000)).isTrue();
    assertThat(agreement(0.1, 89.5, 80.0).isNearerThan(before, 10_000)).isFalse();
    assertThat(agreement(0.1, 92.0, 79.5).isNearerThan(before, 10_000)).isFalse();
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

  /** Of one image all changes: that says nothing, whatever shares do. Of all a little does. */
  @Test
  void withinTheErrorOfDivergencesNothingIsNearer() {
    double[] uneven = {0.3, 0.3, 0.1, -0.1};
    double[] even = {0.19, 0.19, 0.18, 0.18};
    double[] hardly = {0.198, 0.197, 0.198, 0.197};

    assertThat(of(50, uneven).isNearerThan(of(50, BEFORE), 4)).isFalse();
    assertThat(of(100, uneven).isNearerThan(of(50, BEFORE), 4)).isFalse();
    assertThat(of(100, ONE_HIGHER).isNearerThan(of(50, BEFORE), 4)).isFalse();
    assertThat(of(50, even).isNearerThan(of(50, BEFORE), 4)).isTrue();
    assertThat(of(45, even).isNearerThan(of(50, BEFORE), 4)).isTrue();
    assertThat(of(20, even).isNearerThan(of(50, BEFORE), 4)).isFalse();
    assertThat(of(50, hardly).isNearerThan(of(50, BEFORE), 4)).isTrue();
    assertThat(of(45, hardly).isNearerThan(of(50, BEFORE), 4)).isFalse();
  }

  /** Two standard errors: of the differences image by image, or of a share of so many images. */
  @Test
  void whatFewImagesLeaveOpenIsNotClear() {
    double[] even = {0.3, 0.3, 0.3, 0.3};
    double[] broken = {0.2, 0.2, 0.2, Double.NaN};

    assertThat(of(50, ONE_HIGHER).isClearlyFartherThan(of(50, BEFORE), 4)).isFalse();
    assertThat(of(25, ONE_HIGHER).isClearlyFartherThan(of(50, BEFORE), 4)).isFalse();
    assertThat(of(25, ONE_HIGHER).isClearlyFartherThan(of(50, BEFORE), 400)).isTrue();
    assertThat(of(75, even).isClearlyFartherThan(of(50, BEFORE), 4)).isTrue();
    assertThat(of(75, broken).isClearlyFartherThan(of(50, BEFORE), 4)).isTrue();
    assertThat(of(50, BEFORE).isClearlyFartherThan(of(50, BEFORE), 4)).isFalse();
  }

  /** Without images to tell apart any rise counts. */
  @Test
  void whereNothingIsKnownOfImagesWhatIsNoNearerIsFarther() {
    Agreement before = agreement(0.5, null, null);
    assertThat(agreement(0.5001, null, null).isClearlyFartherThan(before, 100)).isTrue();
    assertThat(agreement(0.4, null, null).isClearlyFartherThan(before, 100)).isFalse();
  }

  private static Agreement of(double top1, double... divergences) {
    int[] none = new int[divergences.length];
    double mean = Arrays.stream(divergences).average().orElseThrow();
    return new Agreement(top1, mean, null, Map.of(), new Choices(none, none, none, divergences));
  }
}
