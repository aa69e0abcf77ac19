package dev.capstan.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Arithmetic of lists of extents, element by element; a list of one goes with any. */
final class ExtentFunctions {
  private static final Map<String, DoubleBinaryOperator> BINARY =
      Map.of(
          "Add", Double::sum,
          "Sub", (a, b) -> a - b,
          "Mul", (a, b) -> a * b,
          "Div", (a, b) -> a / b,
          "Max", Math::max,
          "Min", Math::min,
          "Equal", (a, b) -> a == b ? 1 : 0);

  private static final Map<String, DoubleUnaryOperator> UNARY =
      Map.of("Floor", Math::floor, "Ceil", Math::ceil, "Neg", x -> -x);

  private ExtentFunctions() {}

  /**
   * A function of some lists.
   *
   * @param integers whether they are integers, whose quotient is cut
   * @return null if it is not known or an open extent gets in its way
   */
  static @Nullable List<Extent> apply(String type, List<List<Extent>> lists, boolean integers) {
    int count = lists.stream().mapToInt(List::size).max().orElse(0);
    List<Extent> result = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int place = i;
      List<Extent> elements =
          lists.stream().map(list -> list.get(list.size() == 1 ? 0 : place)).toList();
      Extent element = element(type, elements, integers);
      if (element == null) {
        return null;
      }
      result.add(element);
    }
    return result;
  }

  private static @Nullable Extent element(String type, List<Extent> of, boolean integers) {
    DoubleUnaryOperator unary = UNARY.get(type);
    DoubleBinaryOperator binary = BINARY.get(type);
    Extent first = of.get(0);
    if (unary != null) {
      return first.isNumber() ? Extent.of(unary.applyAsDouble(first.value())) : null;
    }
    if (type.equals("Where")) {
      return first.isNumber() ? of.get(first.value() != 0 ? 1 : 2) : null;
    }
    if (binary == null || of.size() != 2) {
      return null;
    }
    Extent second = of.get(1);
    if (first.isNumber() && second.isNumber()) {
      double value = binary.applyAsDouble(first.value(), second.value());
      return Extent.of(integers ? (long) value : value);
    }
    return open(type, first, second);
  }

  /** Times or by 1 an open extent stays what it is, and it is no negative number. */
  private static @Nullable Extent open(String type, Extent first, Extent second) {
    Extent number = first.isNumber() ? first : second;
    if (type.equals("Equal") && number.isNumber() && number.value() < 0) {
      return Extent.of(0);
    }
    boolean neutral = second.equals(Extent.of(1)) && (type.equals("Mul") || type.equals("Div"));
    if (neutral) {
      return first;
    }
    return type.equals("Mul") && first.equals(Extent.of(1)) ? second : null;
  }
}
