package dev.capstan.ort.result;

/**
 * A file does not compute what it should. The message is one line: which file and output, how far
 * off, and what is allowed.
 */
public final class VerificationException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** A failure whose message says it all. */
  public VerificationException(String message) {
    super(message);
  }
}
