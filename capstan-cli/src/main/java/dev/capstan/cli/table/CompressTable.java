package dev.capstan.cli.table;

import dev.capstan.cli.option.Spelling;
import dev.capstan.cli.table.Table.Column;
import dev.capstan.ort.result.LatencyMillis;
import dev.capstan.report.CompressReport;
import dev.capstan.report.CompressReport.Change;
import dev.capstan.report.Quality;
import dev.capstan.report.Quality.Decision;
import dev.capstan.report.Quality.Lost;
import dev.capstan.report.Quality.OwnMetric;
import dev.capstan.report.Speed;
import dev.capstan.report.Speed.Latencies;
import dev.capstan.report.Stage;
import dev.capstan.report.StageFigures;
import dev.capstan.report.UncompressedTail;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The table that {@code compress} and {@code demo} end with. */
public final class CompressTable {
  /** How a figure and its change are shown. */
  private record Digits(String value, String change) {}

  private static final Digits PERCENT = new Digits("%.2f %%", "%+.2f points");
  private static final Digits SHARE = new Digits("%.3f", "%+.3f");
  private static final Digits PLAIN = new Digits("%.4g", "%+.4g");

  /** A share of the time in conversions from which on it is told. */
  private static final double TELLING_CASTS = 0.1;

  private CompressTable() {}

  /** In lines of so many characters, as far as they are a table's. */
  public static String of(CompressReport report, int width) {
    return "%s%n%n%s%n%n%s%s%s%s%s%s%nwritten: %s%n         %s%n         %s"
        .formatted(
            lost(report.quality().lost()),
            figures(report).within(width),
            decisions(report.quality().decisions()),
            missed(report),
            busy(report.model().latencyMillis()),
            casts(report.model().latencyMillis()),
            tail(report.model().tail()),
            circumstances(report),
            report.files().model(),
            report.files().bases(),
            report.files().record());
  }

  /** What was lost comes before what was won. */
  private static String lost(Lost lost) {
    String of = lost.wholeFile() ? "" : ", at the tensors before the tail";
    List<String> lines = new ArrayList<>();
    lines.add("lost, on %d images that nothing was learned from%s:".formatted(lost.images(), of));
    lost.outputError()
        .forEach(
            (name, error) ->
                lines.add(
                    String.format(
                        Locale.ROOT, "  '%s' is off by %.3g of its variation", name, error)));
    if (lost.agreement() != null) {
      lines.add(
          String.format(
              Locale.ROOT,
              "  %.1f %% get the original's class, divergence %.3g nats",
              100 * lost.agreement(),
              lost.divergence()));
    }
    lost.warnings().forEach(line -> lines.add("WARNING: " + Spelling.ofOptions(line)));
    if (!lost.met()) {
      lines.add("MISSED: the result is worse than it may be");
    }
    return String.join("%n".formatted(), lines);
  }

  private static String decisions(List<Decision> decisions) {
    return decisions.stream()
        .map(made -> "%s: %s (%s)%n".formatted(made.subject(), kept(made.kept()), made.why()))
        .collect(Collectors.joining());
  }

  private static String kept(String word) {
    return word.equals("yes") ? "kept" : word.equals("no") ? "not kept" : word;
  }

  private static String missed(CompressReport report) {
    return report.goal().met() ? "" : "MISSED: %s%n".formatted(GoalText.of(report));
  }

  /** Figures before and after, a row each. */
  public static Table figures(CompressReport report) {
    List<List<String>> rows = new ArrayList<>();
    addStages(rows, "top-1", report.quality().top1(), PERCENT);
    addStages(rows, "top-5", report.quality().top5(), PERCENT);
    addStages(rows, "agreement", report.quality().agreement(), SHARE);
    addErrors(rows, report.quality());
    OwnMetric metric = report.quality().metric();
    if (metric != null) {
      addStages(rows, metric.name(), metric.stages(), PLAIN);
    }
    addSizes(rows, report);
    Change file = report.size().fileBytes();
    String smaller = times(1 / file.kept(), "smaller", "larger");
    rows.add(row("file", file, Quantity::bytes, smaller));
    Speed speed = report.model().latencyMillis();
    String of = speed.whole() ? "latency, " : "latency of the part compressed, ";
    addLatencies(rows, of + "batch 1", speed.batch1());
    addLatencies(rows, of + "batch 32", speed.batch32());
    return new Table(
        List.of(
            Column.words(""),
            Column.numbers("before"),
            Column.numbers("after"),
            Column.numbers("change")),
        rows);
  }

  /** Those of what the network gives, and of outputs that a tail computes from that. */
  private static void addErrors(List<List<String>> rows, Quality quality) {
    Lost lost = quality.lost();
    quality
        .outputError()
        .forEach(
            (name, error) -> {
              boolean isInner = lost.wholeFile() && !lost.outputError().containsKey(name);
              String where = isInner ? "', before the tail," : "'";
              addStages(rows, "error of '" + name + where, error, PLAIN);
            });
    lost.outputError().entrySet().stream()
        .filter(output -> !quality.outputError().containsKey(output.getKey()))
        .forEach(
            output ->
                addStage(
                    rows, "error of '" + output.getKey() + "'", 0.0, output.getValue(), PLAIN));
  }

  /** Those of the file, and beside them those of the part that is compressed. */
  private static void addSizes(List<List<String>> rows, CompressReport report) {
    Change macs = report.size().macs();
    Change parameters = report.size().parameters();
    UncompressedTail tail = report.model().tail();
    LongFunction<String> counted = n -> TailLines.atLeast(tail) + Quantity.count(n);
    rows.add(row("MACs", macs, counted));
    if (tail != null && tail.macs() > 0) {
      rows.add(row("MACs of the part compressed", macs.less(tail.macs()), Quantity::count));
    }
    rows.add(row("parameters", parameters, Quantity::count));
    if (tail != null && tail.parameters() > 0) {
      Change part = parameters.less(tail.parameters());
      rows.add(row("parameters of the part compressed", part, Quantity::count));
    }
  }

  private static List<String> row(String name, Change change, LongFunction<String> shown) {
    return row(name, change, shown, times(1 / change.kept(), "fewer", "more"));
  }

  private static List<String> row(
      String name, Change change, LongFunction<String> shown, String times) {
    return List.of(name, shown.apply(change.before()), shown.apply(change.after()), times);
  }

  /** How often something goes into what it was, in words, or that into it. */
  private static String times(double ratio, String less, String more) {
    double times = Math.max(ratio, 1 / ratio);
    return String.format(Locale.ROOT, "%.2f x %s", times, ratio < 1 ? more : less);
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
      List<List<String>> rows, String name, @Nullable Latencies found) {
    if (found != null) {
      LatencyMillis before = found.before();
      LatencyMillis after = found.after();
      rows.add(latency(name + ", 1 thread", before.oneThread(), after.oneThread()));
      rows.add(latency(name + ", all threads", before.allThreads(), after.allThreads()));
    }
  }

  private static List<String> latency(String name, double before, double after) {
    return List.of(
        name,
        String.format(Locale.ROOT, "%.3f ms", before),
        String.format(Locale.ROOT, "%.3f ms", after),
        times(before / after, "faster", "slower"));
  }

  /** Runs before and after took turns, so that others slowed both. */
  private static String busy(Speed speed) {
    String others = SpeedText.others(speed);
    return others.isEmpty()
        ? ""
        : "WARNING: timed %s: milliseconds of a quiet machine are fewer, their ratio is less off%n"
            .formatted(others);
  }

  /** Where much of the time says nothing of a processor that has kernels for the type. */
  private static String casts(Speed speed) {
    return speed.casts() < TELLING_CASTS
        ? ""
        : String.format(
            Locale.ROOT,
            "WARNING: %.0f %% of the result's time are conversions of float16, for which this"
                + " processor has no kernels: time it where it will run, or compress the float32"
                + " export%n",
            100 * speed.casts());
  }

  private static String tail(@Nullable UncompressedTail tail) {
    if (tail == null) {
      return "";
    }
    String refusal = tail.refusal();
    return "compressed up to %s, what comes after is carried over unchanged%s%s%n"
        .formatted(
            String.join(", ", tail.reads()),
            refusal == null ? "" : "; not run: " + refusal,
            TailLines.of(tail));
  }

  private static String circumstances(CompressReport report) {
    return String.format(
        Locale.ROOT,
        "verified in ONNX Runtime: %s%n"
            + "%d images seen, %s, seed %d, %s of %s, %s, images read by %s",
        VerifiedLine.of(report.model().verification()),
        report.work().imagesSeen().all(),
        Quantity.duration(Duration.ofMillis(Math.round(1000 * report.work().seconds()))),
        report.work().seed(),
        Quantity.threads(report.work().machine().threads()),
        report.work().machine().processor(),
        report.work().machine().precision(),
        report.work().machine().imageDecoder());
  }
}
