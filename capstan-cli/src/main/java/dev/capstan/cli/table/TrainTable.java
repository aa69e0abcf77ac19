package dev.capstan.cli.table;

import dev.capstan.cli.table.Table.Column;
import dev.capstan.report.Scores;
import dev.capstan.report.TrainReport;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What {@code train} ends with. */
public final class TrainTable {
  private TrainTable() {}

  public static String of(TrainReport report) {
    Scores before = report.before();
    Scores after = report.after();
    String rest =
        "%s%nwritten: %s%n         %s"
            .formatted(circumstances(report), report.files().model(), report.files().record());
    return before == null || after == null
        ? rest
        : "%s%n%n%s".formatted(figures(before, after), rest);
  }

  /** Figures before and after, a row each. */
  public static Table figures(Scores before, Scores after) {
    return new Table(
        List.of(
            Column.words(""),
            Column.numbers("before"),
            Column.numbers("after"),
            Column.numbers("change")),
        Stream.concat(
                Stream.of(
                    row("top-1, %", "%.2f", before.top1(), after.top1()),
                    row("top-5, %", "%.2f", before.top5(), after.top5()),
                    row("loss", "%.2f", before.loss(), after.loss())),
                before.outputError().keySet().stream().map(output -> error(output, before, after)))
            .flatMap(List::stream)
            .toList());
  }

  private static List<List<String>> error(String output, Scores before, Scores after) {
    return row(
        "error of '" + output + "'",
        "%.4g",
        before.outputError().get(output),
        after.outputError().get(output));
  }

  /** None where there is nothing to tell. */
  private static List<List<String>> row(
      String name, String format, @Nullable Double before, @Nullable Double after) {
    return before == null || after == null
        ? List.of()
        : List.of(
            List.of(
                name,
                String.format(Locale.ROOT, format, before),
                String.format(Locale.ROOT, format, after),
                String.format(Locale.ROOT, format.replace("%", "%+"), after - before)));
  }

  private static String circumstances(TrainReport report) {
    return String.format(
        Locale.ROOT,
        "verified in ONNX Runtime: %s%n"
            + "%d images seen, %s, seed %d, %s of %s, %s, images read by %s",
        VerifiedLine.of(report.verification()),
        report.work().imagesSeen(),
        Quantity.duration(Duration.ofMillis(Math.round(1000 * report.work().seconds()))),
        report.work().seed(),
        Quantity.threads(report.work().machine().threads()),
        report.work().machine().processor(),
        report.work().machine().precision(),
        report.work().machine().imageDecoder());
  }
}
