package dev.capstan.graph;

import java.util.Locale;

/**
 * Element type and shape of a value.
 *
 * @param type the element type
 * @param shape the shape
 */
public record TensorType(DataType type, Shape shape) {
  /** This type with another shape. */
  public TensorType with(Shape other) {
    return new TensorType(type, other);
  }

  @Override
  public String toString() {
    return type == DataType.FLOAT32
        ? shape.toString()
        : type.name().toLowerCase(Locale.ROOT) + shape;
  }
}
