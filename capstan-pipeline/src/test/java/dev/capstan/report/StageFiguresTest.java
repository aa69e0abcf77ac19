package dev.capstan.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** A figure at each stage of a network's way. */
final class StageFiguresTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final StageFigures NONE = new StageFigures(Map.of());

  private static StageFigures with(Stage stage, double figure) {
    return new StageFigures(Map.of(Stage.BASELINE, 90.0, stage, figure));
  }

  @Test
  void everyStageHasAnEntryInTheOrderOfTheWay() {
    assertThat(with(Stage.REFITTED, 80).byStage())
        .containsExactly(
            entry(Stage.BASELINE, 90.0),
            entry(Stage.PROJECTED, null),
            entry(Stage.REESTIMATED, null),
            entry(Stage.REFITTED, 80.0),
            entry(Stage.FINE_TUNED, null));
  }

  @Test
  void aFigureIsTakenOfWhatWasFound() {
    Map<Stage, String> found = Map.of(Stage.PROJECTED, "80", Stage.REFITTED, "");

    StageFigures figures =
        StageFigures.of(found, text -> text.isEmpty() ? null : Double.valueOf(text));

    assertThat(figures).isEqualTo(new StageFigures(Map.of(Stage.PROJECTED, 80.0)));
  }

  @Test
  void theLastIsThatOfTheLastStageThatWasRun() {
    assertThat(with(Stage.PROJECTED, 70).last()).isEqualTo(70);
    assertThat(with(Stage.REESTIMATED, 71).last()).isEqualTo(71);
    assertThat(with(Stage.FINE_TUNED, 72).last()).isEqualTo(72);
    assertThat(CompareRows.figures(90, 70, 72.0).last()).isEqualTo(72);
  }

  @Test
  void theLastBeforeTuningIsNotThatAfterIt() {
    assertThat(with(Stage.REESTIMATED, 71).beforeTuning()).isEqualTo(71);
    assertThat(CompareRows.figures(90, 70, 72.0).beforeTuning()).isEqualTo(70);
    assertThat(with(Stage.FINE_TUNED, 72).beforeTuning()).isNull();
  }

  @Test
  void theOriginalsFigureIsNotThatOfAStage() {
    StageFigures baseline = new StageFigures(Map.of(Stage.BASELINE, 90.0));

    assertThat(baseline.baseline()).isEqualTo(90);
    assertThat(baseline.last()).isNull();
    assertThat(baseline.beforeTuning()).isNull();
    assertThat(NONE.baseline()).isNull();
  }

  @Test
  void theMeanIsNullWhereOneFigureIs() {
    StageFigures mean =
        StageFigures.mean(
            List.of(CompareRows.figures(90, 70, 80.0), CompareRows.figures(92, 75, null)));

    assertThat(mean).isEqualTo(CompareRows.figures(91, 72.5, null));
    assertThat(StageFigures.mean(List.of(with(Stage.PROJECTED, 1), NONE))).isEqualTo(NONE);
  }

  @Test
  void jsonIsAFlatObjectOfAllStagesAndReadsBack() {
    StageFigures figures = CompareRows.figures(90, 70.5, null);

    String json = JSON.writeValueAsString(figures);

    assertThat(json)
        .isEqualTo(
            "{\"baseline\":90.0,\"projected\":70.5,\"reestimated\":null,\"refitted\":null,"
                + "\"fineTuned\":null}");
    assertThat(JSON.readValue(json, StageFigures.class)).isEqualTo(figures);
  }

  @Test
  void jsonThatNamesNoStageHasNone() {
    assertThat(JSON.readValue("{}", StageFigures.class)).isEqualTo(NONE);
  }
}
