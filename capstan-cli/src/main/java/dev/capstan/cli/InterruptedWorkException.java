package dev.capstan.cli;

/** Ends work that a signal asked to stop. */
final class InterruptedWorkException extends RuntimeException {
  private static final long serialVersionUID = 1;

  InterruptedWorkException() {
    super("interrupted");
  }
}
