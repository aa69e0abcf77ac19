package dev.capstan.pipeline.compare;

import dev.capstan.chart.Axis;
import dev.capstan.chart.Chart;
import dev.capstan.chart.Panel;
import dev.capstan.chart.Series;
import dev.capstan.report.CompareReport;
import dev.capstan.report.CompareReport.CompareLine;
import dev.capstan.report.CompareReport.CompareLine.Estimate;
import dev.capstan.report.CompareReport.Control;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Accuracy, or what else rows are compared by, against MACs and against latency, before and after
 * fine-tuning.
 */
public final class CompareChart {
  private final CompareReport report;

  private CompareChart(CompareReport report) {
    this.report = report;
  }

  /** The chart of a comparison, as an SVG file. */
  public static String svg(CompareReport report) {
    return new CompareChart(report).chart().svg();
  }

  private Chart chart() {
    boolean tuned = report.lines().stream().allMatch(line -> line.afterTuning() != null);
    List<Panel> before =
        panels("before fine-tuning", CompareLine::beforeTuning, List.of(original()));
    List<Panel> after =
        tuned ? panels("after fine-tuning", CompareLine::afterTuning, afterTuning()) : List.of();
    return new Chart(
        report.figure() + " by method",
        Stream.of(before, after).filter(row -> !row.isEmpty()).toList());
  }

  private Panel.Level original() {
    return new Panel.Level(report.baseline(), "original");
  }

  /** What was trained is compared with the original that was trained, too. */
  private List<Panel.Level> afterTuning() {
    Control control = report.control();
    return control == null
        ? List.of(original())
        : List.of(original(), new Panel.Level(control.afterTuning().mean(), Control.NAME));
  }

  private List<Panel> panels(
      String stage, Function<CompareLine, @Nullable Estimate> figure, List<Panel.Level> levels) {
    return List.of(
        panel(stage, "MACs per image, millions", line -> line.cost().macs() / 1e6, figure, levels),
        panel(
            stage,
            "latency, % of the original's (batch 1, 1 thread)",
            line -> 100 * line.cost().latencyShare(),
            figure,
            levels));
  }

  private Panel panel(
      String stage,
      String title,
      ToDoubleFunction<CompareLine> cost,
      Function<CompareLine, @Nullable Estimate> figure,
      List<Panel.Level> levels) {
    DoubleStream accuracies =
        report.lines().stream()
            .map(figure)
            .filter(Objects::nonNull)
            .flatMapToDouble(
                found ->
                    DoubleStream.of(
                        found.mean() - found.standardError(),
                        found.mean() + found.standardError()));
    return new Panel(
        stage,
        Axis.around(title, report.lines().stream().mapToDouble(cost)),
        Axis.around(
            report.figure(),
            DoubleStream.concat(accuracies, levels.stream().mapToDouble(Panel.Level::height))),
        series(cost, figure),
        levels);
  }

  private List<Series> series(
      ToDoubleFunction<CompareLine> cost, Function<CompareLine, @Nullable Estimate> figure) {
    return report.lines().stream()
        .map(CompareLine::method)
        .distinct()
        .map(
            method ->
                new Series(
                    method.toString(),
                    report.lines().stream()
                        .filter(line -> line.method().equals(method))
                        .map(line -> point(line, cost, figure))
                        .toList()))
        .toList();
  }

  private static Series.Point point(
      CompareLine line,
      ToDoubleFunction<CompareLine> cost,
      Function<CompareLine, @Nullable Estimate> figure) {
    Estimate found = Objects.requireNonNull(figure.apply(line));
    return new Series.Point(cost.applyAsDouble(line), found.mean(), found.standardError());
  }
}
