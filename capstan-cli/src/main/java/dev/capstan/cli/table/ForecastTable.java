package dev.capstan.cli.table;

import dev.capstan.cli.table.Table.Column;
import dev.capstan.pipeline.Compressor.Forecast;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** What {@code compress --dry-run} shows. */
public final class ForecastTable {
  private ForecastTable() {}

  /** The stages, and what they take together, in lines of so many characters. */
  public static String of(Forecast forecast, int width) {
    return String.format(
        Locale.ROOT,
        "%s%n%nasked for %s, of a network of %s MACs%n"
            + "takes about %s, %s of memory and %s of disk beside the output%n"
            + "--forward-runs %d gives the same again%n"
            + "nothing was written; it would write %s",
        stages(forecast).within(width),
        GoalText.asked(forecast.goal()),
        Quantity.count(forecast.macs()),
        time(forecast.seconds()),
        Quantity.bytes(forecast.memoryBytes()),
        Quantity.bytes(forecast.diskBytes()),
        forecast.forwardRuns(),
        forecast.output());
  }

  private static Table stages(Forecast forecast) {
    return new Table(
        List.of(
            Column.words("stage"),
            Column.words("looks at"),
            Column.numbers("forward runs"),
            Column.numbers("about")),
        forecast.stages().stream()
            .map(
                stage ->
                    List.of(
                        stage.stage(),
                        stage.what(),
                        Long.toString(Math.round(stage.forwardRuns())),
                        time(stage.seconds())))
            .toList());
  }

  private static String time(double seconds) {
    return Quantity.duration(Duration.ofSeconds(Math.round(seconds)));
  }
}
