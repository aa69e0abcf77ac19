package dev.capstan.onnx;

/** A node says, rightly as far as is known, what a graph cannot hold. The message is one line. */
final class UnsupportedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  UnsupportedException(String message) {
    super(message);
  }
}
