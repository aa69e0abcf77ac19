package dev.capstan.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.report.Quality.OwnMetric;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** Figures of several outputs and of the user's own metric. */
final class QualityTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final StageFigures NONE = new StageFigures(Map.of());

  private static Map<String, StageFigures> errors(List<String> outputs) {
    Map<String, StageFigures> errors = new LinkedHashMap<>();
    outputs.forEach(name -> errors.put(name, CompareRows.figures(0, name.length(), null)));
    return errors;
  }

  private static Quality quality(Map<String, StageFigures> errors, OwnMetric metric) {
    return new Quality(
        CompareRows.figures(90, 70, null),
        NONE,
        errors,
        CompareRows.figures(1, 0.7, null),
        NONE,
        metric,
        List.of(new Quality.Decision(Stage.PROJECTED, "learned", "asked for")),
        new Quality.Lost(Map.of("boxes", 0.4), true, 0.7, 0.1, 20, List.of("much"), true));
  }

  @Test
  void outputsKeepTheirOrder() {
    List<String> outputs = List.of("scores", "boxes", "anchors", "masks", "angles");

    assertThat(quality(errors(outputs), null).outputError().keySet())
        .containsExactlyElementsOf(outputs);
  }

  @Test
  void whatItIsMadeOfMayChangeAfterwards() {
    Map<String, StageFigures> errors = errors(List.of("boxes"));
    Quality quality = quality(errors, null);
    errors.clear();

    assertThat(quality.outputError()).containsOnlyKeys("boxes");
  }

  @Test
  void jsonReadsBack() {
    OwnMetric metric = new OwnMetric("overlap", true, CompareRows.figures(0.9, 0.5, 0.8));
    Quality quality = quality(errors(List.of("boxes")), metric);

    String json = JSON.writeValueAsString(quality);

    assertThat(JSON.readValue(json, Quality.class)).isEqualTo(quality);
    assertThat(JSON.readTree(json).path("metric").path("stages").path("fineTuned").asDouble())
        .isEqualTo(0.8);
  }
}
