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

/**
 * What a model's inputs are fed where no tensors are at hand.
 *
 * @param sizes shapes of inputs, by name, for those whose axes the model leaves open beside the
 *     first
 * @param given numbers of inputs that are the same in every run, by name: as many as one row of the
 *     input has, or one for all
 */
public record RunInputs(Map<String, Shape> sizes, Map<String, List<Double>> given) {
  /** All inputs drawn; none leaves open more than its first axis. */
  public static final RunInputs DRAWN = new RunInputs(Map.of(), Map.of());

  /** Copies the maps. */
  public RunInputs {
    sizes = Map.copyOf(sizes);
    given = Map.copyOf(given);
  }

  /** The same with other shapes. */
  public RunInputs withSizes(Map<String, Shape> others) {
    return new RunInputs(others, given);
  }

  /** The same, always drawn alike. */
  public Map<String, Constant> draw(List<Value> inputs, int batch) {
    return draw(inputs, batch, 1);
  }

  /**
   * One tensor an input: those that are given, the others from the standard normal distribution.
   *
   * @param batch extent of the first axis where the model leaves it open
   * @throws InvalidInputException if another axis stays open, or numbers do not fit their input
   */
  Map<String, Constant> draw(List<Value> inputs, int batch, long seed) {
    List<Value> others = inputs.stream().filter(input -> !given.containsKey(input.name())).toList();
    Map<String, Constant> all = new LinkedHashMap<>(RandomInputs.draw(others, sizes, batch, seed));
    all.putAll(fixed(inputs, batch));
    return all;
  }

  /**
   * The tensors of those inputs that are given.
   *
   * @param batch extent of the first axis where the model leaves it open
   * @throws InvalidInputException if the numbers of one do not fit it
   */
  public Map<String, Constant> fixed(List<Value> inputs, long batch) {
    Map<String, Constant> fixed = new LinkedHashMap<>();
    for (Value input : inputs) {
      List<Double> numbers = given.get(input.name());
      if (numbers != null) {
        fixed.put(input.name(), filled(input, numbers, batch));
      }
    }
    return fixed;
  }

  private static Constant filled(Value input, List<Double> numbers, long batch) {
    Shape shape = shape(input, numbers, batch);
    DataType type = input.type().type();
    float[] values = new float[Math.toIntExact(shape.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = numbers.get(i % numbers.size()).floatValue();
    }
    if (type.isFloating()) {
      return Constant.of(type, values, shape.sizes());
    }
    numbers.forEach(number -> checkWhole(input, number));
    return WholeNumbers.of(Constant.of(values, shape.sizes()), type);
  }

  /** Open axes but the first are as long as makes room for the numbers, else of one element. */
  private static Shape shape(Value input, List<Double> numbers, long batch) {
    Shape shape = input.type().shape();
    boolean list = shape.rank() == 1 && numbers.size() > 1;
    for (int axis = 0; axis < shape.rank(); axis++) {
      if (!shape.dims().get(axis).isKnown()) {
        shape = shape.with(axis, Dim.of(axis > 0 ? 1 : list ? numbers.size() : batch));
      }
    }
    boolean open = input.type().shape().rank() > 0 && input.type().shape().size(0) < 0 && !list;
    long row = open ? shape.elements(1, shape.rank()) : shape.elements();
    if (numbers.size() != 1 && numbers.size() != row) {
      throw new InvalidInputException(
          "setting 'input': '%s' of shape %s takes %d numbers, or one for all of them; found %d"
              .formatted(input.name(), input.type().shape(), row, numbers.size()));
    }
    return shape;
  }

  private static void checkWhole(Value input, double number) {
    if (number != Math.rint(number)) {
      throw new InvalidInputException(
          "setting 'input': '%s' takes whole numbers (%s), found %s"
              .formatted(input.name(), input.type(), number));
    }
  }
}
