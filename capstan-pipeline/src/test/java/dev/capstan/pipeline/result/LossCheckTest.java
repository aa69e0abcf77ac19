package dev.capstan.pipeline.result;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.job.CompressJob.Limits;
import dev.capstan.report.Quality.Lost;
import dev.capstan.report.Scores;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is much, and what is too much. */
final class LossCheckTest {
  private static Lost lost(Limits limits, double error, @Nullable Double agreement) {
    Scores scores = new Scores(null, null, null, Map.of("y", error), agreement, 0.1, null, 20);
    return new LossCheck(limits).of(scores, true, 20);
  }

  @ParameterizedTest
  @CsvSource({
    "0.5,  0.8, 0, true",
    "0.51, 0.8, 1, true",
    "0.5, 0.79, 1, true",
    "0.99, 0.1, 2, true",
    "1,      1, 1, false",
    "1e9,  0.1, 2, false",
    "0.99,    , 1, true"
  })
  void muchIsWarnedOfAndAllIsMissed(
      double error, @Nullable Double agreement, int warnings, boolean met) {
    Lost lost = lost(Limits.NONE, error, agreement);

    assertThat(lost.warnings()).hasSize(warnings);
    assertThat(lost.met()).isEqualTo(met);
  }

  @ParameterizedTest
  @CsvSource({
    "0.2,    , 0.2,  0.9, true",
    "0.2,    , 0.21, 0.9, false",
    "   , 0.9, 0.2,  0.9, true",
    "   , 0.9, 0.2, 0.89, false",
    "   , 0.9, 0.2,     , true",
    "2,      , 1.5,    1, false"
  })
  void limitsHoldUpToThemselves(
      @Nullable Double maxError,
      @Nullable Double minAgreement,
      double error,
      @Nullable Double agreement,
      boolean met) {
    Lost lost = lost(new Limits(maxError, minAgreement), error, agreement);

    assertThat(lost.met()).isEqualTo(met);
    assertThat(lost.warnings().isEmpty()).isEqualTo(met);
  }

  @Test
  void warningsNameTheSetting() {
    assertThat(lost(new Limits(0.1, 0.95), 0.2, 0.9).warnings())
        .anyMatch(line -> line.contains("'y'") && line.contains("setting 'max-error'"))
        .anyMatch(line -> line.contains("90.0 %") && line.contains("setting 'min-agreement'"));
  }

  /** A detector's scores, beside coordinates in pixels, hardly show in its one output. */
  @Test
  void whatTheOutputsOfTheFileHideIsWarnedOf() {
    Map<String, Double> read = Map.of("scores", 0.92, "corners", 0.4);
    Scores scores = new Scores(null, null, null, read, null, 0.1, null, 20);
    WholeFiles.Errors file = new WholeFiles.Errors(Map.of("boxes", 0.45), 20);
    Lost lost = new LossCheck(Limits.NONE).of(file, false, scores);

    assertThat(lost.warnings()).singleElement().asString().contains("'scores'", "0.92");
    assertThat(lost.outputError()).containsOnlyKeys("boxes");
    assertThat(lost.met()).isTrue();
  }
}
