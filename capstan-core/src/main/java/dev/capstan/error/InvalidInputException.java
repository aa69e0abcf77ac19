package dev.capstan.error;

import dev.capstan.text.Shown;

/**
 * What the user gave cannot be worked with.
 *
 * <p>The message is one line for the user: what is wrong, where, what was expected and found, and
 * what to do about it. A setting stands there as {@code setting 'keep-macs'}: how it is given is
 * the front end's affair, and so is its spelling. What stands there of a file's words is shown
 * escaped and cut ({@link Shown}).
 */
public final class InvalidInputException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** An error whose message says it all. */
  public InvalidInputException(String message) {
    super(Shown.line(message));
  }

  /** An error that another one brought to light. */
  public InvalidInputException(String message, Throwable cause) {
    super(Shown.line(message), cause);
  }
}
