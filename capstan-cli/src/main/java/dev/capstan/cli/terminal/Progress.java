package dev.capstan.cli.terminal;

import java.io.PrintStream;

/** Shows how far a task is. */
public interface Progress extends AutoCloseable {
  /**
   * Shows how many of the task's steps are done.
   *
   * @param figures what they showed, empty for nothing
   */
  void reached(long done, String figures);

  /** Prints a line of its own beside what is shown. */
  default void say(PrintStream err, String line) {
    err.println(line);
  }

  @Override
  default void close() {}

  /** A bar on a terminal, else a line now and then; objects where a program follows. */
  static Progress open(Console console, Following how, String task, long total) {
    return switch (how) {
      case NONE -> WorkDisplay.NOTHING;
      case JSON -> new ProgressObjects(console.err(), task, total, System::nanoTime);
      case AUTO ->
          console.errIsTerminal()
              ? new ProgressBarDisplay(console.err(), task, total)
              : new ProgressLines(console.err(), task, total, System::nanoTime);
    };
  }
}
