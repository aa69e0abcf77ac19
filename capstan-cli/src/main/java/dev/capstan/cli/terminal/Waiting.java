package dev.capstan.cli.terminal;

import dev.capstan.cli.table.Quantity;
import java.util.Map;

/** Says where no task is shown that work goes on: before the first, and from one to the next. */
final class Waiting implements Progress {
  private final Console console;
  private final Following how;
  private final Pace pace;
  private boolean isDrawn;

  Waiting(Console console, Following how, Pace pace) {
    this.console = console;
    this.how = how;
    this.pace = pace;
    pace.begin();
  }

  @Override
  public void reached(long done, String figures) {}

  @Override
  public void alive() {
    // A line that is drawn is drawn again every time.
    if (how != Following.NONE && (isDrawn || pace.isDue())) {
      tell();
    }
  }

  private void tell() {
    double seconds = pace.seconds();
    String line = "still working, " + Quantity.duration(seconds);
    if (how == Following.JSON) {
      ProgressObjects.event(console.err(), "alive", Map.of("seconds", seconds));
    } else if (console.errIsTerminal()) {
      isDrawn = true;
      console.err().print("\r" + line);
      console.err().flush();
    } else {
      console.err().println(line);
    }
  }

  /** Counts from what is told now. */
  @Override
  public void makeRoom() {
    close();
    pace.begin();
  }

  @Override
  public void close() {
    if (isDrawn) {
      console.clearLine();
    }
    isDrawn = false;
  }
}
