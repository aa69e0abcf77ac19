package dev.capstan.cli.table;

import dev.capstan.cli.table.Table.Column;
import dev.capstan.report.CompareReport;
import dev.capstan.report.CompareReport.CompareLine;
import dev.capstan.report.CompareReport.CompareLine.Estimate;
import dev.capstan.report.CompareReport.Control;
import dev.capstan.report.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The table that {@code compare} ends with: a line for each method at each budget. */
public record CompareTable(CompareReport report) {
  /** For a terminal of so many columns: where they are few, less is told than in a document. */
  public String text(int width) {
    return table().within(width) + "\n\n" + circumstances();
  }

  /** For a document. */
  public String markdown() {
    return table().markdown() + "\n\n" + circumstances() + "\n";
  }

  /** The lines. */
  public Table table() {
    return new Table(
        columns(), Stream.of(Stream.of(original()), control(), lines()).flatMap(s -> s).toList());
  }

  private static List<Column> columns() {
    return Stream.of(
            Stream.of(
                Column.words("method"),
                Column.numbers("keep"),
                Column.numbers("MACs"),
                Column.spareNumbers("parameters"),
                Column.numbers("latency")),
            stages().map(CompareTable::column),
            Stream.of(
                Column.numbers("+-"), Column.spareNumbers("time"), Column.spareNumbers("images")))
        .flatMap(columns -> columns)
        .toList();
  }

  private static Column column(Stage stage) {
    boolean spare = stage == Stage.REESTIMATED;
    return spare ? Column.spareNumbers(stage.column()) : Column.numbers(stage.column());
  }

  /** The stages whose figures stand in a line; the original has a line of its own. */
  private static Stream<Stage> stages() {
    return Stream.of(Stage.values()).filter(stage -> stage != Stage.BASELINE);
  }

  /** Its figure stands where those of the first stage do. */
  private List<String> original() {
    List<String> cells =
        new ArrayList<>(
            whole(
                "original",
                String.format(
                    Locale.ROOT,
                    "%.3f ms",
                    report.rows().get(0).model().latencyMillis().batch1().before().oneThread())));
    cells.add(figure(report.baseline()));
    cells.addAll(Collections.nCopies(columns().size() - cells.size(), ""));
    return cells;
  }

  /** What a line of a network begins with of which nothing was taken. */
  private List<String> whole(String name, String latency) {
    return List.of(
        name,
        "1",
        Quantity.count(report.cost().macs()),
        Quantity.count(report.cost().parameters()),
        latency);
  }

  /** The original once more, after the training that the lines had. */
  private Stream<List<String>> control() {
    Control control = report.control();
    return control == null
        ? Stream.empty()
        : Stream.of(
            cells(
                whole(Control.NAME, ""),
                stage -> stage == Stage.FINE_TUNED ? figure(control.afterTuning().mean()) : "",
                control.afterTuning(),
                control.work()));
  }

  private Stream<List<String>> lines() {
    return report.lines().stream().map(this::cells);
  }

  private List<String> cells(CompareLine line) {
    Estimate last = line.afterTuning() == null ? line.beforeTuning() : line.afterTuning();
    return cells(
        List.of(
            line.method().toString(),
            Double.toString(line.keepMacs()),
            Quantity.count(line.cost().macs()),
            Quantity.count(line.cost().parameters()),
            Quantity.percent(line.cost().latencyShare())),
        stage -> figure(line.figures().at(stage)),
        last,
        line.work());
  }

  private List<String> cells(
      List<String> network,
      Function<Stage, String> figures,
      Estimate last,
      CompareLine.LineWork work) {
    return Stream.of(
            network.stream(),
            stages().map(figures),
            Stream.of(
                figure(last.standardError()),
                Quantity.duration(Duration.ofMillis(Math.round(1000 * work.seconds()))),
                Quantity.count(Math.round(work.imagesSeen()))))
        .flatMap(cells -> cells)
        .toList();
  }

  private String figure(@Nullable Double value) {
    // Shares of images have two digits, errors and metrics of users any size.
    return value == null
        ? "-"
        : String.format(
            Locale.ROOT, report.rows().get(0).quality().isShare() ? "%.2f" : "%.4g", value);
  }

  /** What the figures are, and what they were measured on. */
  public String circumstances() {
    return String.format(
        Locale.ROOT,
        "%s, of %d images, %s; - is a stage that was not run, or not kept because it led away from"
            + " the original. %s Latency: batch 1, 1 thread, timed in turns with the original. %s of %s, %s,"
            + " images decoded by %s.",
        report.figure(),
        report.rows().get(0).quality().judgedOn(),
        seeds(report.lines().get(0).seeds()),
        report.ofSameRanks()
            ? "At a budget all methods have the same ranks."
            : "Methods have ranks of their own.",
        Quantity.threads(report.machine().threads()),
        report.machine().processor(),
        report.machine().precision(),
        report.machine().imageDecoder());
  }

  private static String seeds(int count) {
    return count == 1
        ? "of one seed"
        : "mean over %d seeds; +- is the standard error of the last figure".formatted(count);
  }
}
