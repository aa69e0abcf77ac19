package dev.capstan.cli.table;

import dev.capstan.cli.table.Table.Column;
import dev.capstan.ort.LatencyMillis;
import dev.capstan.report.CompressReport;
import dev.capstan.report.CompressReport.Change;
import dev.capstan.report.CompressReport.OwnMetric;
import dev.capstan.report.CompressReport.Stages;
import dev.capstan.report.GoalResult;
import dev.capstan.report.Speed.Latencies;
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
            tail(report.tail()),
            circumstances(report),
            report.files().model(),
            report.files().bases(),
            report.files().record());
  }

  private static String missed(GoalResult goal) {
    return goal.met()
        ? ""
        : String.format(Locale.ROOT, "MISSED: %s, found %.3f%n", goal.asked(), goal.reached());
  }

  private static Table figures(CompressReport report) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(row("MACs", report.macs(), Quantity::count));
    rows.add(row("parameters", report.parameters(), Quantity::count));
    rows.add(row("file", report.fileBytes(), Quantity::bytes));
    addStages(rows, "top-1", report.top1(), PERCENT);
    addStages(rows, "top-5", report.top5(), PERCENT);
    report
        .outputError()
        .forEach((name, error) -> addStages(rows, "error of '" + name + "'", error, PLAIN));
    OwnMetric metric = report.metric();
    if (metric != null) {
      addStages(rows, metric.name(), metric.stages(), PLAIN);
    }
    addLatencies(rows, "batch 1", report.latencyMillis().batch1());
    addLatencies(rows, "batch 32", report.latencyMillis().batch32());
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
      List<List<String>> rows, String name, Stages stages, Digits digits) {
    Double baseline = stages.baseline();
    addStage(rows, name + " after projection", baseline, stages.projected(), digits);
    addStage(rows, name + " after re-estimation", baseline, stages.reestimated(), digits);
    addStage(rows, name + " after refit", baseline, stages.refitted(), digits);
    addStage(rows, name + " after fine-tuning", baseline, stages.fineTuned(), digits);
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
        report.verification().maxRelativeError(),
        report.verification().inputs(),
        report.imagesSeen().all(),
        Quantity.duration(Duration.ofMillis(Math.round(1000 * report.seconds()))),
        report.seed(),
        report.machine().threads(),
        report.machine().processor(),
        report.machine().precision(),
        report.machine().imageDecoder());
  }
}
