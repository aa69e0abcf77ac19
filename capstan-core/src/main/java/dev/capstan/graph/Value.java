package dev.capstan.graph;

/**
 * A graph's input or output.
 *
 * @param name the value's name
 * @param type its element type and shape
 * @param doc the model's words about it, empty for none
 */
public record Value(String name, TensorType type, String doc) {
  /** A value without words. */
  public Value(String name, TensorType type) {
    this(name, type, "");
  }
}
