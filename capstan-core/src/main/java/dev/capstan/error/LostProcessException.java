package dev.capstan.error;

import dev.capstan.text.Shown;

/**
 * One of the processes that share the work is gone, does not answer, has failed, or does something
 * else than the others. The message is one line for the user that names it.
 */
public final class LostProcessException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** An error whose message says it all. */
  public LostProcessException(String message) {
    super(Shown.line(message));
  }

  /** An error that another one brought to light. */
  public LostProcessException(String message, Throwable cause) {
    super(Shown.line(message), cause);
  }
}
