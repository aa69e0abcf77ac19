package dev.capstan.cli.terminal;

/** Shows how far a task is. */
interface Progress extends AutoCloseable {
  /**
   * Shows how many of the task's steps are done.
   *
   * @param figures what they showed, empty for nothing
   */
  void reached(long done, String figures);

  /** Shows that work goes on, however long a step takes; called about every second. */
  default void alive() {}

  /** Makes room for lines that others print beside what is shown. */
  default void makeRoom() {}

  @Override
  default void close() {}
}
