package dev.capstan.cli.terminal;

import dev.capstan.cli.table.Quantity;
import java.io.PrintStream;

/** A line every few seconds, for logs. */
final class ProgressLines implements Progress {
  private final PrintStream err;
  private final String task;
  private final long total;
  private final Pace pace;
  private long done;
  private String figures = "";

  ProgressLines(PrintStream err, String task, long total, Pace pace) {
    this.err = err;
    this.task = task;
    this.total = total;
    this.pace = pace;
    pace.begin();
  }

  @Override
  public void reached(long done, String figures) {
    this.done = done;
    this.figures = figures;
    alive();
  }

  @Override
  public void alive() {
    if (pace.isDue()) {
      err.println(line());
    }
  }

  private String line() {
    String shown = figures.isEmpty() ? "" : ", " + figures;
    String time =
        done == 0
            ? Quantity.duration(pace.seconds()) + " so far"
            : Quantity.duration(pace.secondsLeft(done, total)) + " left";
    return "%s: %d of %d%s, %s".formatted(task, done, total, shown, time);
  }
}
