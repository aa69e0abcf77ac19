package dev.capstan.ort;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Shape;
import dev.capstan.graph.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Inputs drawn from the standard normal distribution; of integer types from the values that images
 * have.
 */
final class RandomInputs {
  private RandomInputs() {}

  /**
   * One float32 tensor an input.
   *
   * @param sizes shapes of inputs, by name, for those whose other axes the model leaves open
   * @param batch extent of the first axis where the model leaves it open
   * @throws InvalidInputException if another axis stays open
   */
  static Map<String, Constant> draw(
      List<Value> inputs, Map<String, Shape> sizes, int batch, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Map<String, Constant> drawn = new LinkedHashMap<>();
    for (Value input : inputs) {
      drawn.put(input.name(), draw(input.type().type(), bound(input, sizes, batch), random));
    }
    return drawn;
  }

  private static Constant draw(DataType type, long[] sizes, SplittableRandom random) {
    float[] values = new float[Math.toIntExact(Shape.of(sizes).elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (type) {
            case FLOAT32, FLOAT64, FLOAT16, BFLOAT16 -> (float) random.nextGaussian();
            case BOOL -> random.nextInt(2);
            case INT8 -> random.nextInt(-128, 128);
            default -> random.nextInt(256);
          };
    }
    return Constant.of(values, sizes);
  }

  private static long[] bound(Value input, Map<String, Shape> sizes, int batch) {
    Shape shape = input.type().shape();
    Shape known = sizes.getOrDefault(input.name(), shape);
    Shape bound = shape;
    for (int axis = 0; axis < shape.rank(); axis++) {
      if (!shape.dims().get(axis).isKnown()) {
        bound = bound.with(axis, axis == 0 ? Dim.of(batch) : known.dims().get(axis));
      }
    }
    if (!bound.isKnown()) {
      throw new InvalidInputException(
          "input '%s' has shape %s: only the first axis may be left open; export the model with fixed sizes"
              .formatted(input.name(), shape));
    }
    return bound.sizes();
  }
}
