package dev.capstan.onnx;

/**
 * A number that a model computes from extents: known, or left open.
 *
 * @param value the number; where it is open, the axis whose extent it is
 * @param tensor the tensor whose extent it is, empty for a number
 */
record Extent(double value, String tensor) {
  static Extent of(double number) {
    return new Extent(number, "");
  }

  boolean isNumber() {
    return tensor.isEmpty();
  }

  /** The number as an integer, or the axis. */
  long whole() {
    return (long) value;
  }
}
