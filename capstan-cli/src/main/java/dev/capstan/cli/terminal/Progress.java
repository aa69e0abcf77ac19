package dev.capstan.cli.terminal;

/** Shows how far a task is. */
public interface Progress extends AutoCloseable {
  /**
   * Shows how many of the task's steps are done.
   *
   * @param figures what they showed, empty for nothing
   */
  void reached(long done, String figures);

  /** Makes room for lines that others print beside what is shown. */
  default void makeRoom() {}

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
