package dev.capstan.cli.terminal;

import dev.capstan.cli.table.Quantity;
import java.io.PrintStream;
import java.time.Duration;
import java.util.function.LongSupplier;

/** A line about every ten seconds, for logs. */
public final class ProgressLines implements Progress {
  private static final long INTERVAL = Duration.ofSeconds(10).toNanos();

  private final PrintStream err;
  private final String task;
  private final long total;
  private final LongSupplier clock;
  private final long start;
  private long last;

  public ProgressLines(PrintStream err, String task, long total, LongSupplier clock) {
    this.err = err;
    this.task = task;
    this.total = total;
    this.clock = clock;
    this.start = clock.getAsLong();
    this.last = start;
  }

  @Override
  public void reached(long done, String figures) {
    long now = clock.getAsLong();
    if (now - last >= INTERVAL) {
      last = now;
      err.println(line(done, figures, now - start));
    }
  }

  private String line(long done, String figures, long elapsed) {
    String shown = figures.isEmpty() ? "" : ", " + figures;
    String left = done == 0 ? "" : ", " + Quantity.duration(left(done, elapsed)) + " left";
    return "%s: %d of %d%s%s".formatted(task, done, total, shown, left);
  }

  private Duration left(long done, long elapsed) {
    return Duration.ofNanos((long) ((double) elapsed / done * (total - done)));
  }
}
