package dev.capstan.cli;

/** Shows how far a task is. */
interface Progress extends AutoCloseable {
  /** Shows nothing. */
  Progress NONE = done -> {};

  /** Shows that {@code done} of the total are done. */
  void reached(long done);

  @Override
  default void close() {}

  /** A bar on a terminal, else a line now and then. */
  static Progress open(Console console, String task, long total) {
    return console.errIsTerminal()
        ? new ProgressBarDisplay(console, task, total)
        : new ProgressLines(console.err(), task, total, System::nanoTime);
  }
}
