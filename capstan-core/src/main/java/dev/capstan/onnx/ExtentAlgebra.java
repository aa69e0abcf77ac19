package dev.capstan.onnx;

import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;

/**
 * What functions make of open extents: an extent is an integer and not negative, so that some leave
 * it as it is and some give a number after all.
 */
final class ExtentAlgebra {
  /** Functions that change no such number. */
  private static final Set<String> KEEPING =
      Set.of("Abs", "Cast", "CastLike", "Ceil", "Floor", "Relu", "Round");

  private final BiPredicate<Extent, Extent> same;

  /** An algebra that is told whether two open extents are always the same. */
  ExtentAlgebra(BiPredicate<Extent, Extent> same) {
    this.same = same;
  }

  /** The function of some extents, not all of them numbers. */
  Extent apply(String type, List<Extent> of) {
    Extent first = of.get(0);
    if (KEEPING.contains(type)) {
      return first;
    }
    if (type.equals("Where")) {
      return chosen(of);
    }
    if (of.size() != 2) {
      return Extent.COMPUTED;
    }
    Extent second = of.get(1);
    if (first.isNumber()) {
      return withNumber(mirrored(type), second, first.value());
    }
    return second.isNumber() ? withNumber(type, first, second.value()) : both(type, first, second);
  }

  private Extent chosen(List<Extent> of) {
    Extent condition = of.get(0);
    if (condition.isNumber()) {
      return of.get(condition.value() != 0 ? 1 : 2);
    }
    return isSame(of.get(1), of.get(2)) ? of.get(1) : Extent.COMPUTED;
  }

  private boolean isSame(Extent a, Extent b) {
    return a.isNumber() ? a.equals(b) : a.isAxis() && b.isAxis() && same.test(a, b);
  }

  /** The function that gives the same with its operands in turn, or a name that means none. */
  private static String mirrored(String type) {
    return switch (type) {
      case "Add", "Mul", "Equal", "Max", "Min" -> type;
      case "Less" -> "Greater";
      case "Greater" -> "Less";
      case "LessOrEqual" -> "GreaterOrEqual";
      case "GreaterOrEqual" -> "LessOrEqual";
      default -> "";
    };
  }

  private static Extent withNumber(String type, Extent extent, double number) {
    return switch (type) {
      case "Add", "Sub" -> number == 0 ? extent : Extent.COMPUTED;
      case "Mul" -> number == 0 ? Extent.of(0) : number == 1 ? extent : Extent.COMPUTED;
      case "Div", "Pow" -> number == 1 ? extent : Extent.COMPUTED;
      case "Max" -> extent.isAxis() && number <= 0 ? extent : Extent.COMPUTED;
      case "Min" -> extent.isAxis() && number == 0 ? Extent.of(0) : Extent.COMPUTED;
      case "Equal", "Less", "LessOrEqual" ->
          extent.isAxis() && number < 0 ? Extent.of(0) : Extent.COMPUTED;
      case "Greater", "GreaterOrEqual" ->
          extent.isAxis() && number < 0 ? Extent.of(1) : Extent.COMPUTED;
      default -> Extent.COMPUTED;
    };
  }

  private Extent both(String type, Extent first, Extent second) {
    if (!isSame(first, second)) {
      return Extent.COMPUTED;
    }
    return switch (type) {
      case "Max", "Min" -> first;
      case "Sub", "Less", "Greater" -> Extent.of(0);
      case "Div", "Equal", "LessOrEqual", "GreaterOrEqual" -> Extent.of(1);
      default -> Extent.COMPUTED;
    };
  }
}
