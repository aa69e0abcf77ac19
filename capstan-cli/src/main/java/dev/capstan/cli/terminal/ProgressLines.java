package dev.capstan.cli.terminal;

import dev.capstan.cli.table.Quantity;
import java.io.PrintStream;
import java.time.Duration;
import java.util.function.LongSupplier;

/** A line about every ten seconds, for logs. */
public final class ProgressLines implements Progress {
  private static final Duration INTERVAL = Duration.ofSeconds(10);

  private final PrintStream err;
  private final String task;
  private final long total;
  private final Pace pace;

  public ProgressLines(PrintStream err, String task, long total, LongSupplier clock) {
    this.err = err;
    this.task = task;
    this.total = total;
    this.pace = new Pace(INTERVAL, clock);
  }

  @Override
  public void reached(long done, String figures) {
    if (pace.isDue()) {
      err.println(line(done, figures));
    }
  }

  private String line(long done, String figures) {
    String shown = figures.isEmpty() ? "" : ", " + figures;
    String left = done == 0 ? "" : ", " + left(done) + " left";
    return "%s: %d of %d%s%s".formatted(task, done, total, shown, left);
  }

  private String left(long done) {
    return Quantity.duration(Duration.ofMillis((long) (1e3 * pace.secondsLeft(done, total))));
  }
}
