package dev.capstan.cli.terminal;

import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A bar that redraws itself. */
final class ProgressBarDisplay implements Progress {
  /** Longer ones say no more. */
  private static final int WIDEST = 79;

  private final Console console;
  private final ProgressBar bar;

  ProgressBarDisplay(Console console, String task, long total) {
    this.console = console;
    // The width is given, since finding out would start a terminal library's natives.
    int width = Math.min(WIDEST, console.errColumns() - 1);
    bar =
        new ProgressBarBuilder()
            .setTaskName(task)
            .setInitialMax(total)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(200)
            // Its clock goes on, however long a step takes.
            .continuousUpdate()
            .setConsumer(new ConsoleProgressBarConsumer(console.err(), width))
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
    console.clearLine();
  }

  @Override
  public void close() {
    bar.close();
  }
}
