package dev.capstan.cli;

/** Shows how far a task is. */
interface Progress extends AutoCloseable {
  /**
   * Shows how many of the task's steps are done.
   *
   * @param figures what they showed, empty for nothing
   */
  void reached(long done, String figures);

  @Override
  default void close() {}

  /** A bar on a terminal, else a line now and then. */
  static Progress open(Console console, String task, long total) {
    return console.errIsTerminal()
        ? new ProgressBarDisplay(console.err(), task, total)
        : new ProgressLines(console.err(), task, total, System::nanoTime);
  }
}
