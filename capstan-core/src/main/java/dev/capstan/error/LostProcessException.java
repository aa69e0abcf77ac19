package dev.capstan.error;

import dev.capstan.text.Shown;
import org.jspecify.annotations.Nullable;

/**
 * One of the processes that share the work is gone, does not answer, has failed, or does something
 * else than the others. The message is one line for the user that names it.
 */
public final class LostProcessException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final boolean told;

  private LostProcessException(String message, @Nullable Throwable cause, boolean told) {
    super(Shown.line(message), cause);
    this.told = told;
  }

  /** An error whose message says it all. */
  public LostProcessException(String message) {
    this(message, null, false);
  }

  /** An error that another one brought to light. */
  public LostProcessException(String message, Throwable cause) {
    this(message, cause, false);
  }

  /** The same where the process that leads tells the user. */
  public static LostProcessException told(String message) {
    return told(message, null);
  }

  /** The same of an error that another one brought to light. */
  public static LostProcessException told(String message, @Nullable Throwable cause) {
    return new LostProcessException(message, cause, true);
  }

  /** Whether the process that leads tells the user of it: no other needs to. */
  public boolean isTold() {
    return told;
  }
}
