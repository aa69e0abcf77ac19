package dev.capstan.torch.internal.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** What is known of channels before bases learn. */
class ChannelScalesTest {
  /** Two channels that go together, one that is silent; the units of moments do not matter. */
  @Test
  void correlationsAreOfChannelsOfUnitSizeWhateverTheUnits() {
    double[] energies = {4, 100, 0};
    double[] moments = {1, 4, 0, 4, 25, 0, 0, 0, 0};

    ChannelScales scales = ChannelScales.of(energies, moments);

    assertThat(scales.correlations()).containsExactly(1, 0.8f, 0, 0.8f, 1, 0, 0, 0, 1);
    assertThat(scales.sizes()).startsWith(2, 10);
    assertThat(scales.sizes()[2]).isCloseTo(0.04f, within(1e-6f));
  }

  /**
   * One that hardly speaks counts as a hundredth of the mean: it goes with others by so much less.
   */
  @Test
  void whatHardlySpeaksGoesWithNothing() {
    double tiny = 1e-8;
    double[] energies = {1, tiny * tiny};
    double[] moments = {1, tiny, tiny, tiny * tiny};

    float[] correlations = ChannelScales.of(energies, moments).correlations();

    assertThat(correlations[1]).isPositive().isLessThan(1e-5f);
    assertThat(correlations[3]).isEqualTo(1);
  }

  @Test
  void ofWhatIsUnknownAllAreAlikeAndApart() {
    ChannelScales unknown = ChannelScales.unknown(2);

    assertThat(unknown.sizes()).containsExactly(1, 1);
    assertThat(unknown.correlations()).containsExactly(1, 0, 0, 1);
  }

  @Test
  void silenceEverywhereIsNoFault() {
    ChannelScales silent = ChannelScales.of(new double[2], new double[4]);

    assertThat(silent.sizes()).containsExactly(1, 1);
    assertThat(silent.correlations()).containsExactly(1, 0, 0, 1);
  }

  @Test
  void correlationsAreOfAllPairs() {
    assertThatThrownBy(() -> new ChannelScales(new float[3], new float[8]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("8 correlations of 3 channels");
  }
}
