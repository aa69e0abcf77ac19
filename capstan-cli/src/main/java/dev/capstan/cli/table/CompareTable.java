package dev.capstan.cli.table;

import dev.capstan.cli.table.Table.Column;
import dev.capstan.report.CompareLine;
import dev.capstan.report.CompareLine.Estimate;
import dev.capstan.report.CompareReport;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The table that {@code compare} ends with: a line for each method at each budget. */
public record CompareTable(CompareReport report) {
  private static final List<Column> COLUMNS =
      List.of(
          Column.words("method"),
          Column.numbers("keep"),
          Column.numbers("MACs"),
          Column.numbers("parameters"),
          Column.numbers("latency"),
          Column.numbers("projected"),
          Column.numbers("re-estimated"),
          Column.numbers("refitted"),
          Column.numbers("fine-tuned"),
          Column.numbers("+-"),
          Column.numbers("time"),
          Column.numbers("images"));

  /** For a terminal. */
  public String text() {
    return table() + "\n\n" + circumstances();
  }

  /** For a document. */
  public String markdown() {
    return table().markdown() + "\n\n" + circumstances() + "\n";
  }

  private Table table() {
    return new Table(COLUMNS, Stream.concat(Stream.of(original()), lines()).toList());
  }

  private List<String> original() {
    return List.of(
        "original",
        "1",
        Quantity.count(report.macs()),
        Quantity.count(report.parameters()),
        String.format(
            Locale.ROOT,
            "%.3f ms",
            report.rows().get(0).latencyMillis().batch1().before().oneThread()),
        figure(report.baseline()),
        "",
        "",
        "",
        "",
        "",
        "");
  }

  private Stream<List<String>> lines() {
    return report.lines().stream().map(this::cells);
  }

  private List<String> cells(CompareLine line) {
    Estimate last = line.afterTuning() == null ? line.beforeTuning() : line.afterTuning();
    return List.of(
        line.method().toString(),
        Double.toString(line.keepMacs()),
        Quantity.count(line.macs()),
        Quantity.count(line.parameters()),
        Quantity.percent(line.latencyShare()),
        figure(line.figures().projected()),
        figure(line.figures().reestimated()),
        figure(line.figures().refitted()),
        figure(line.figures().fineTuned()),
        figure(last.standardError()),
        Quantity.duration(Duration.ofMillis(Math.round(1000 * line.seconds()))),
        Quantity.count(Math.round(line.imagesSeen())));
  }

  private String figure(@Nullable Double value) {
    // Shares of images have two digits, errors and metrics of users any size.
    return value == null
        ? "-"
        : String.format(Locale.ROOT, report.rows().get(0).isShare() ? "%.2f" : "%.4g", value);
  }

  private String circumstances() {
    return String.format(
        Locale.ROOT,
        "%s, of %d images, mean over %d seed(s); +- is the standard error of the last figure; - is"
            + " a stage that was not run, or not kept because it led away from the original."
            + " Latency: batch 1, 1 thread, timed in turns with the original. %d threads of %s, %s,"
            + " images decoded by %s.",
        report.figure(),
        report.rows().get(0).judgedOn(),
        report.lines().get(0).seeds(),
        report.machine().threads(),
        report.machine().processor(),
        report.machine().precision(),
        report.machine().imageDecoder());
  }
}
