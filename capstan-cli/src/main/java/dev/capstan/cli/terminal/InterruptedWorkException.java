package dev.capstan.cli.terminal;

/** Ends work that a signal asked to stop. */
public final class InterruptedWorkException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** One that says how work ends. */
  public InterruptedWorkException(String message) {
    super(message);
  }
}
