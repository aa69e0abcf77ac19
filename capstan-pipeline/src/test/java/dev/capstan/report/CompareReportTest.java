package dev.capstan.report;

import static dev.capstan.report.CompareRows.figures;
import static dev.capstan.report.CompareRows.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.capstan.job.CompareJob;
import dev.capstan.recipe.Method;
import dev.capstan.report.CompareReport.CompareLine;
import dev.capstan.report.CompareReport.CompareLine.Estimate;
import dev.capstan.report.CompareReport.CompareRow;
import dev.capstan.report.CompareReport.Control;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Lines of a comparison, each the mean of rows that differ in their seeds alone. */
final class CompareReportTest {
  private static final StageFigures NONE = new StageFigures(Map.of());

  private static CompareRow row(String method, long seed, double projected, Double fineTuned) {
    return CompareRows.of(key(method, seed), figures(90, projected, fineTuned), 10.0 * seed);
  }

  private static CompareRow ofOutputs(long seed, Map<String, StageFigures> errors) {
    return CompareRows.of(
        key("cap", seed), new CompareRow.RowQuality(NONE, errors, null, CompareRows.IMAGES), 1);
  }

  private static CompareLine line(CompareRow... rows) {
    List<CompareLine> lines = CompareReport.lines(List.of(rows));
    assertThat(lines).hasSize(1);
    return lines.get(0);
  }

  private static void expect(Estimate found, double mean, double variance) {
    assertThat(found.mean()).isCloseTo(mean, within(1e-9));
    assertThat(found.standardError()).isCloseTo(Math.sqrt(variance), within(1e-9));
  }

  @Test
  void rowsOfOneMethodAndBudgetAreOneLineInTheOrderOfTheRows() {
    CompareJob.Key tighter = new CompareJob.Key(Method.PCA, 0.25, 1);
    List<CompareLine> lines =
        CompareReport.lines(
            List.of(
                row("pca", 1, 80, null),
                row("cap", 1, 81, null),
                CompareRows.of(tighter, figures(90, 60, null), 1),
                row("pca", 2, 82, null)));

    assertThat(lines)
        .extracting(CompareLine::method)
        .map(Method::name)
        .containsExactly("pca", "cap", "pca");
    assertThat(lines).extracting(CompareLine::keepMacs).containsExactly(0.5, 0.5, 0.25);
    assertThat(lines).extracting(CompareLine::seeds).containsExactly(2, 1, 1);
  }

  @Test
  void aLineIsTheMeanOverItsSeeds() {
    CompareLine line = line(row("cap", 1, 80, 84.0), row("cap", 3, 83, 88.0));

    assertThat(line.figures()).isEqualTo(figures(90, 81.5, 86.0));
    assertThat(line.beforeTuning().mean()).isEqualTo(81.5);
    assertThat(line.afterTuning().mean()).isEqualTo(86);
    assertThat(line.cost()).isEqualTo(new CompareLine.LineCost(500, 60, 1));
    assertThat(line.work()).isEqualTo(new CompareLine.LineWork(200, 20));
  }

  @Test
  void theStandardErrorOfASeedIsThatOfASample() {
    expect(line(row("cap", 1, 80, null)).beforeTuning(), 80, 80 * 20 / 1000.0);
    expect(line(row("cap", 1, 100, null)).beforeTuning(), 100, 0);
  }

  /** The variance of a mean of n values is their sample variance over n. */
  @Test
  void severalSeedsAddTheSpreadBetweenThem() {
    CompareLine line =
        line(row("cap", 1, 78, 80.0), row("cap", 2, 80, 80.0), row("cap", 3, 85, 80.0));

    expect(line.beforeTuning(), 81, 81 * 19 / 1000.0 + (9 + 1 + 16) / 2.0 / 3);
    expect(line.afterTuning(), 80, 80 * 20 / 1000.0);
  }

  @Test
  void figuresThatAreNoSharesHaveNoErrorOfASample() {
    Map<String, StageFigures> one = Map.of("map", figures(0, 0.25, null));
    Map<String, StageFigures> other = Map.of("map", figures(0, 0.75, null));

    expect(line(ofOutputs(1, one)).beforeTuning(), 0.25, 0);
    expect(line(ofOutputs(1, one), ofOutputs(2, other)).beforeTuning(), 0.5, 0.0625);
  }

  @Test
  void aControlIsTheMeanOverItsSeedsLikeALine() {
    Control control =
        Control.of(List.of(CompareRows.control(1, 90, 91), CompareRows.control(3, 90, 93)));

    expect(control.afterTuning(), 92, 92 * 8 / 1000.0 + 2 / 2.0);
    assertThat(control.figures().baseline()).isEqualTo(90);
    assertThat(control.work()).isEqualTo(new CompareLine.LineWork(200, 7));
  }

  @Test
  void whatWasNotRunForAllSeedsIsNotTold() {
    CompareLine line = line(row("cap", 1, 80, 84.0), row("cap", 2, 82, null));

    assertThat(line.afterTuning()).isNull();
    assertThat(line.figures()).isEqualTo(figures(90, 81, null));
  }

  @Test
  void ranksAreTheSameOnesWhereNoRowOfABudgetHasOthers() {
    CompareRow one = row("cap", 1, 80, 84.0);
    CompareRow other = row("l1", 1, 80, 84.0);
    CompareRow uniform =
        new CompareRow(
            other.key(),
            other.cost(),
            Map.of("conv1", 7),
            other.quality(),
            other.model(),
            other.work());

    assertThat(CompareRows.report(List.of(one, other)).ofSameRanks()).isTrue();
    assertThat(CompareRows.report(List.of(one, uniform)).ofSameRanks()).isFalse();
  }

  @Test
  void aRowIsComparedByAccuracyElseByErrorOfItsOutputs() {
    CompareRow classifier = row("cap", 1, 80, 84.0);
    CompareRow other =
        ofOutputs(1, Map.of("map", figures(0, 0.2, 0.1), "edge", figures(0, 0.4, null)));

    assertThat(classifier.quality().figure()).isEqualTo("top-1 in %");
    assertThat(classifier.quality().isShare()).isTrue();
    assertThat(classifier.quality().figures()).isEqualTo(classifier.quality().top1());
    assertThat(other.quality().figure()).isEqualTo("output error");
    assertThat(other.quality().isShare()).isFalse();
    assertThat(other.quality().figures().last()).isCloseTo(0.3, within(1e-12));
  }

  @Test
  void theUsersOwnMetricGoesBeforeBoth() {
    StageFigures own = figures(0.9, 0.5, null);
    CompareRow classifier = row("cap", 1, 80, null);
    CompareRow row =
        CompareRows.of(classifier.key(), CompareRows.withMetric(classifier.quality(), own), 1);

    assertThat(row.quality().figure()).isEqualTo("overlap");
    assertThat(row.quality().isShare()).isFalse();
    assertThat(row.quality().figures()).isEqualTo(own);
  }
}
