package dev.capstan.onnx;

/**
 * A number that a model computes from extents: known, or left open.
 *
 * @param value the number; where it is the extent of an open axis, which axis
 * @param tensor the tensor whose extent it is, empty for none
 * @param isNumber whether it is known
 */
record Extent(double value, String tensor, boolean isNumber) {
  /** Something that was computed from open extents. */
  static final Extent COMPUTED = new Extent(0, "", false);

  static Extent of(double number) {
    return new Extent(number, "", true);
  }

  /** The open extent of an axis. */
  static Extent of(String tensor, int axis) {
    return new Extent(axis, tensor, false);
  }

  /** Whether it is the open extent of an axis. */
  boolean isAxis() {
    return !tensor.isEmpty();
  }

  /** The number as an integer, or the axis. */
  long whole() {
    return (long) value;
  }
}
