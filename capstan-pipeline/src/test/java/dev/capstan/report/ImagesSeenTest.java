package dev.capstan.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.capstan.report.ImagesSeen.Use;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** How many images were seen, and what for. */
final class ImagesSeenTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final ImagesSeen SEEN =
      ImagesSeen.NONE.plus(Use.FINE_TUNING, 40).plus(Use.REFIT, 3).plus(Use.FINE_TUNING, 2);

  @Test
  void everyUseHasACount() {
    assertThat(SEEN.byUse())
        .containsExactly(
            entry(Use.CALIBRATION, 0L),
            entry(Use.LEARNING, 0L),
            entry(Use.REFIT, 3L),
            entry(Use.FINE_TUNING, 42L));
  }

  @Test
  void theSumIsOverAllUses() {
    assertThat(SEEN.all()).isEqualTo(45);
    assertThat(ImagesSeen.NONE.all()).isZero();
  }

  @Test
  void moreIsAnotherValue() {
    SEEN.plus(Use.LEARNING, 7);

    assertThat(SEEN.byUse()).containsEntry(Use.LEARNING, 0L);
  }

  @Test
  void jsonIsAFlatObjectOfAllUsesAndReadsBack() {
    String json = JSON.writeValueAsString(SEEN);

    assertThat(json).isEqualTo("{\"calibration\":0,\"learning\":0,\"refit\":3,\"fineTuning\":42}");
    assertThat(JSON.readValue(json, ImagesSeen.class)).isEqualTo(SEEN);
  }
}
