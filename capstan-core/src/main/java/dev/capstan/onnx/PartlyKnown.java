package dev.capstan.onnx;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.ConstantWriter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * A tensor that a model computes from extents, some of which it leaves open.
 *
 * @param numbers type, shape and known elements; 1 stands for an open one
 * @param open the others, by their numbers in row-major order
 */
record PartlyKnown(Constant numbers, Map<Integer, Extent> open) {
  /** Shapes are short: longer ones are a mistake or an attack. */
  private static final int MOST_ELEMENTS = 1 << 12;

  /** Copies the map. */
  PartlyKnown {
    if (numbers.elements() > MOST_ELEMENTS) {
      String message = "computes lists of extents with over %d elements".formatted(MOST_ELEMENTS);
      throw open.isEmpty() ? new UnsupportedException(message) : new InvalidInputException(message);
    }
    open = Map.copyOf(open);
  }

  /** A tensor of this type and shape with these elements. */
  static PartlyKnown of(Constant like, List<Extent> elements) {
    ConstantWriter numbers = new ConstantWriter(like.type(), like.sizes());
    Map<Integer, Extent> open = new TreeMap<>();
    for (int i = 0; i < elements.size(); i++) {
      Extent element = elements.get(i);
      numbers.put(i, element.isNumber() ? element.value() : 1);
      if (!element.isNumber()) {
        open.put(i, element);
      }
    }
    return new PartlyKnown(numbers.constant(), open);
  }

  /** A list of integers. */
  static PartlyKnown of(List<Extent> elements) {
    return of(Constant.of(new long[elements.size()], elements.size()), elements);
  }

  /** All elements, in row-major order. */
  List<Extent> elements() {
    return IntStream.range(0, numbers.elements()).mapToObj(this::element).toList();
  }

  private Extent element(int index) {
    Extent extent = open.get(index);
    return extent == null ? Extent.of(numbers.real(index)) : extent;
  }

  /** Whether nothing is left open. */
  boolean isKnown() {
    return open.isEmpty();
  }
}
