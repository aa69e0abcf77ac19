package dev.capstan.cli.terminal;

/** Ends work that a signal asked to stop. */
public final class InterruptedWorkException extends RuntimeException {
  private static final long serialVersionUID = 1;

  InterruptedWorkException() {
    super("interrupted");
  }
}
