package dev.capstan.cli.terminal;

import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A bar that redraws itself. */
final class ProgressBarDisplay implements Progress {
  /** Given, since finding out would start a terminal library's natives. */
  private static final int WIDTH = 79;

  private final PrintStream err;
  private final ProgressBar bar;

  ProgressBarDisplay(PrintStream err, String task, long total) {
    this.err = err;
    bar =
        new ProgressBarBuilder()
            .setTaskName(task)
            .setInitialMax(total)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(200)
            .setConsumer(new ConsoleProgressBarConsumer(err, WIDTH))
            .build();
  }

  @Override
  public void reached(long done, String figures) {
    bar.setExtraMessage(figures);
    bar.stepTo(done);
  }

  /** What comes takes the bar's place; the bar is drawn again below it. */
  @Override
  public void makeRoom() {
    err.print("\r" + " ".repeat(WIDTH) + "\r");
  }

  @Override
  public void close() {
    bar.close();
  }
}
