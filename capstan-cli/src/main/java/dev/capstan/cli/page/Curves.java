package dev.capstan.cli.page;

import static dev.capstan.cli.page.EvidenceSections.format;

import dev.capstan.cli.page.Block.Drawing;
import dev.capstan.cli.page.Page.Section;
import dev.capstan.cli.page.Plot.Point;
import dev.capstan.cli.page.Plot.Series;
import dev.capstan.pipeline.evidence.Forecast;
import dev.capstan.report.CompressReport;
import java.util.ArrayList;
import java.util.List;

/** What other sizes would cost, and what this one did. */
record Curves(Yardstick yardstick, Forecast forecast) {
  /** Of a result. */
  Section section(CompressReport report) {
    List<Block> plots = new ArrayList<>();
    plots.add(againstMacs(List.of(measured(report.macs().kept()), original())));
    if (forecast.points().stream().anyMatch(point -> point.latency() != null)) {
      plots.add(
          Plot.around(
                  "Against latency",
                  "share of the latency, measured",
                  yardstick.axis(),
                  List.of(foretold(false), measured(latency(report)), original()))
              .drawing());
    }
    return section(
        "Foretold: what the sensitivities say of the ranks that suit a share, before anything is"
            + " learned or corrected. Measured: this result after each of its stages.",
        plots);
  }

  /** Of a plan. */
  Section section() {
    return section(
        "Before anything is learned or corrected.", List.of(againstMacs(List.of(original()))));
  }

  private Section section(String note, List<Block> plots) {
    List<String> notes = new ArrayList<>(List.of(note));
    if (yardstick.classes()) {
      notes.add("What an error of the outputs costs is foretold as if it were noise.");
    }
    return new Section("curves", "What other sizes would cost", notes, plots);
  }

  private Drawing againstMacs(List<Series> beside) {
    List<Series> series = new ArrayList<>(List.of(foretold(true)));
    series.addAll(beside);
    return Plot.around(
            "Against multiply-accumulates",
            "share of the multiply-accumulates",
            yardstick.axis(),
            series)
        .drawing();
  }

  private Series foretold(boolean macs) {
    List<Point> points = new ArrayList<>();
    for (Forecast.Point point : forecast.points()) {
      Double latency = point.latency();
      if (macs || latency != null) {
        points.add(
            new Point(
                macs || latency == null ? point.kept() : latency,
                yardstick.foretold(point),
                format(
                    "%.3f of the multiply-accumulates%s: %s",
                    point.kept(),
                    latency == null ? "" : format(", %.3f of the latency", latency),
                    yardstick.words(point))));
      }
    }
    return new Series("foretold", "s0", true, points);
  }

  private Series measured(double x) {
    List<Point> points = new ArrayList<>();
    yardstick
        .measured()
        .forEach(
            (stage, figure) -> points.add(new Point(x, figure, yardstick.words(figure, stage))));
    return new Series("measured", "s1", false, points);
  }

  private Series original() {
    double figure = yardstick.original();
    Point point = new Point(1, figure, yardstick.words(figure, null));
    return new Series("original", "s2", false, List.of(point));
  }

  private static double latency(CompressReport report) {
    return report.model().latencyMillis().ratio();
  }
}
