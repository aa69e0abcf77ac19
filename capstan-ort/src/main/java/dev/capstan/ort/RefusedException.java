package dev.capstan.ort;

/** A model was not run: ONNX Runtime refused it, or it took more than it may. */
final class RefusedException extends Exception {
  private static final long serialVersionUID = 1;

  RefusedException(String message) {
    super(message);
  }
}
