package dev.capstan.cli.page;

import static dev.capstan.cli.page.EvidenceSections.format;

import dev.capstan.pipeline.evidence.Forecast;
import dev.capstan.report.CompressReport;
import dev.capstan.report.Stage;
import dev.capstan.report.StageFigures;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * By what sizes are judged: accuracy where labels tell it, else the share of images that keep the
 * original's class; outputs that are no classes by their error.
 *
 * @param name of the figure
 * @param classes whether it is a share of images, in percent
 * @param original the original's
 * @param measured what the result has after each of its stages
 */
record Yardstick(String name, boolean classes, double original, Map<Stage, Double> measured) {
  /** That of a result. */
  static Yardstick of(CompressReport report, Forecast forecast) {
    StageFigures top1 = report.quality().top1();
    Double baseline = top1.baseline();
    boolean told = forecast.points().stream().allMatch(point -> point.lost() != null);
    if (told && baseline != null) {
      return new Yardstick("top-1", true, baseline, stages(top1, 1));
    }
    StageFigures agreement = report.quality().agreement();
    if (told && agreement.last() != null) {
      return new Yardstick("the original's class", true, 100, stages(agreement, 100));
    }
    StageFigures errors = StageFigures.mean(List.copyOf(report.quality().outputError().values()));
    return error(stages(errors, 1));
  }

  /** That of a plan, of which nothing is measured. */
  static Yardstick of(Forecast forecast) {
    return forecast.points().stream().allMatch(point -> point.lost() != null)
        ? new Yardstick("keep their class", true, 100, Map.of())
        : error(Map.of());
  }

  private static Yardstick error(Map<Stage, Double> measured) {
    return new Yardstick("error of the outputs / variation", false, 0, measured);
  }

  private static Map<Stage, Double> stages(StageFigures figures, double scale) {
    Map<Stage, Double> measured = new LinkedHashMap<>();
    for (Stage stage : Stage.values()) {
      Double figure = figures.at(stage);
      if (stage != Stage.BASELINE && figure != null) {
        measured.put(stage, scale * figure);
      }
    }
    return measured;
  }

  /** What an axis is called. */
  String axis() {
    return classes ? name + ", %" : name;
  }

  /** What is foretold of a size. */
  double foretold(Forecast.Point point) {
    Double lost = point.lost();
    return classes && lost != null ? original - 100 * lost : point.error();
  }

  /** The same in words, with the error that it follows from. */
  String words(Forecast.Point point) {
    return classes
        ? format("%s %.1f %% foretold, from an error of %.3g", name, foretold(point), point.error())
        : format("error %.3g foretold", point.error());
  }

  /** A figure that was measured, in words. */
  String words(double figure, @Nullable Stage stage) {
    String what = stage == null ? "the original" : stage.label();
    return classes
        ? format("%s: %s %.1f %%", what, name, figure)
        : format("%s: error %.3g", what, figure);
  }
}
