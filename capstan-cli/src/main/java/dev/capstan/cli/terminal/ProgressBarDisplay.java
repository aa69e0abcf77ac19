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

  private final ProgressBar bar;

  ProgressBarDisplay(PrintStream err, String task, long total) {
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

  /** The line takes the bar's place; the bar is drawn again below it. */
  @Override
  public void say(PrintStream err, String line) {
    err.println("\r" + line + " ".repeat(Math.max(0, WIDTH - line.length())));
  }

  @Override
  public void close() {
    bar.close();
  }
}
