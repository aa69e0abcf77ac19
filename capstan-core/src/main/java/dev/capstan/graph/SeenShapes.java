package dev.capstan.graph;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Shapes of values as a run showed them.
 *
 * @param batch inputs of that run
 * @param byValue shape by name of the value, every extent known
 */
public record SeenShapes(long batch, Map<String, Shape> byValue) {
  /** Before any run. */
  public static final SeenShapes NONE = new SeenShapes(1, Map.of());

  /** Copies the map. */
  public SeenShapes {
    byValue = Map.copyOf(byValue);
  }

  /** The shape of a value, if it was seen. */
  public Optional<Shape> of(String value) {
    return Optional.ofNullable(byValue.get(value));
  }

  /** The shape of the first value, empty where there is none or it was not seen. */
  public String first(List<String> values) {
    return values.isEmpty() ? "" : of(values.get(0)).map(Shape::toString).orElse("");
  }
}
