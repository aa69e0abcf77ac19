package dev.capstan.cli.table;

import dev.capstan.cli.table.Table.Column;
import dev.capstan.ort.result.LatencyMillis;
import dev.capstan.report.CompressReport;
import dev.capstan.report.CompressReport.Change;
import dev.capstan.report.GoalResult;
import dev.capstan.report.Quality.OwnMetric;
import dev.capstan.report.Speed.Latencies;
import dev.capstan.report.Stage;
import dev.capstan.report.StageFigures;
import dev.capstan.report.UncompressedTail;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** The table that {@code compress} and {@code demo} end with. */
public final class CompressTable {
  /** How a figure and its change are shown. */
  private record Digits(String value, String change) {}

  private static final Digits PERCENT = new Digits("%.2f %%", "%+.2f points");
  private static final Digits PLAIN = new Digits("%.4g", "%+.4g");

  private CompressTable() {}

  public static String of(CompressReport report) {
    return "%s%n%n%s%s%s%nwritten: %s%n         %s%n         %s"
        .formatted(
            figures(report),
            missed(report.goal()),
            tail(report.model().tail()),
            circumstances(report),
            report.files().model(),
            report.files().bases(),
            report.files().record());
  }

  private static String missed(GoalResult goal) {
    return goal.met()
        ? ""
        : String.format(Locale.ROOT, "MISSED: --%s, found %.3f%n", goal.asked(), goal.reached());
  }

  private static Table figures(CompressReport report) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(row("MACs", report.size().macs(), Quantity::count));
    rows.add(row("parameters", report.size().parameters(), Quantity::count));
    rows.add(row("file", report.size().fileBytes(), Quantity::bytes));
    addStages(rows, "top-1", report.quality().top1(), PERCENT);
    addStages(rows, "top-5", report.quality().top5(), PERCENT);
    report
        .quality()
        .outputError()
        .forEach((name, error) -> addStages(rows, "error of '" + name + "'", error, PLAIN));
    OwnMetric metric = report.quality().metric();
    if (metric != null) {
      addStages(rows, metric.name(), metric.stages(), PLAIN);
    }
    addLatencies(rows, "batch 1", report.model().latencyMillis().batch1());
    addLatencies(rows, "batch 32", report.model().latencyMillis().batch32());
    return new Table(
        List.of(
            Column.words(""),
            Column.numbers("before"),
            Column.numbers("after"),
            Column.numbers("change")),
        rows);
  }

  private static List<String> row(String name, Change change, LongFunction<String> shown) {
    return List.of(
        name,
        shown.apply(change.before()),
        shown.apply(change.after()),
        String.format(Locale.ROOT, "%.2f x fewer", 1 / change.kept()));
  }

  private static void addStages(
      List<List<String>> rows, String name, StageFigures figures, Digits digits) {
    for (Stage stage : Stage.values()) {
      if (stage != Stage.BASELINE) {
        String label = name + " " + stage.label();
        addStage(rows, label, figures.baseline(), figures.at(stage), digits);
      }
    }
  }

  private static void addStage(
      List<List<String>> rows,
      String name,
      @Nullable Double before,
      @Nullable Double after,
      Digits digits) {
    if (before != null && after != null) {
      rows.add(
          List.of(
              name,
              String.format(Locale.ROOT, digits.value, before),
              String.format(Locale.ROOT, digits.value, after),
              String.format(Locale.ROOT, digits.change, after - before)));
    }
  }

  private static void addLatencies(
      List<List<String>> rows, String batch, @Nullable Latencies found) {
    if (found != null) {
      LatencyMillis before = found.before();
      LatencyMillis after = found.after();
      String name = "latency, " + batch + ", ";
      rows.add(latency(name + "1 thread", before.oneThread(), after.oneThread()));
      rows.add(latency(name + "all threads", before.allThreads(), after.allThreads()));
    }
  }

  private static List<String> latency(String name, double before, double after) {
    return List.of(
        name,
        String.format(Locale.ROOT, "%.3f ms", before),
        String.format(Locale.ROOT, "%.3f ms", after),
        String.format(Locale.ROOT, "%.2f x faster", before / after));
  }

  private static String tail(@Nullable UncompressedTail tail) {
    if (tail == null) {
      return "";
    }
    String refusal = tail.refusal();
    return "compressed up to %s, what comes after is carried over unchanged%s%n"
        .formatted(String.join(", ", tail.reads()), refusal == null ? "" : "; not run: " + refusal);
  }

  private static String circumstances(CompressReport report) {
    return String.format(
        Locale.ROOT,
        "verified in ONNX Runtime: outputs within %.1e of the largest, %d runs%n"
            + "%d images seen, %s, seed %d, %d threads of %s, %s, images decoded by %s",
        report.model().verification().maxRelativeError(),
        report.model().verification().inputs(),
        report.work().imagesSeen().all(),
        Quantity.duration(Duration.ofMillis(Math.round(1000 * report.work().seconds()))),
        report.work().seed(),
        report.work().machine().threads(),
        report.work().machine().processor(),
        report.work().machine().precision(),
        report.work().machine().imageDecoder());
  }
}
