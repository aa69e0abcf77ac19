package dev.capstan.array;

import dev.capstan.graph.Constant;
import dev.capstan.graph.ConstantWriter;
import dev.capstan.graph.DataType;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;

/** Functions of one, two or three elements, broadcast. */
public final class Elementwise {
  private Elementwise() {}

  /**
   * A function of a number.
   *
   * @param real of floating-point numbers
   * @param whole the same of integers and truth values (0 and 1)
   */
  public record Unary(DoubleUnaryOperator real, LongUnaryOperator whole) {}

  /**
   * A function of two numbers.
   *
   * @param real of floating-point numbers
   * @param whole the same of integers and truth values (0 and 1)
   */
  public record Binary(DoubleBinaryOperator real, LongBinaryOperator whole) {}

  /** The function of each element, as elements of type {@code to}. */
  public static Pending unary(Constant x, DataType to, Unary function) {
    return Pending.of(
        to,
        x.sizes(),
        () -> {
          ConstantWriter result = new ConstantWriter(to, x.sizes());
          for (int i = 0; i < x.elements(); i++) {
            if (x.type().isFloating()) {
              result.put(i, function.real.applyAsDouble(x.real(i)));
            } else {
              result.put(i, function.whole.applyAsLong(x.whole(i)));
            }
          }
          return result.constant();
        });
  }

  /** The function of elements that meet, as elements of type {@code to}. */
  public static Pending binary(Constant a, Constant b, DataType to, Binary function) {
    Broadcasting both = Broadcasting.of(a, b);
    return Pending.of(
        to,
        both.sizes(),
        () -> {
          ConstantWriter result = new ConstantWriter(to, both.sizes());
          both.walk(
              a.type().isFloating()
                  ? (i, at) ->
                      result.put(i, function.real.applyAsDouble(a.real(at[0]), b.real(at[1])))
                  : (i, at) ->
                      result.put(i, function.whole.applyAsLong(a.whole(at[0]), b.whole(at[1]))));
          return result.constant();
        });
  }

  /** Elements of {@code yes} where the condition holds, of {@code no}, of one type, elsewhere. */
  public static Pending where(Constant condition, Constant yes, Constant no) {
    Broadcasting all = Broadcasting.of(condition, yes, no);
    return Pending.of(
        yes.type(),
        all.sizes(),
        () -> {
          ConstantWriter result = new ConstantWriter(yes.type(), all.sizes());
          all.walk(
              (i, at) -> {
                boolean holds = condition.whole(at[0]) != 0;
                result.copy(i, holds ? yes : no, at[holds ? 1 : 2]);
              });
          return result.constant();
        });
  }

  /**
   * The elements as another type: integers lose what lies behind the point and what is too large
   * for their width, truth values are whether a number is not 0.
   */
  public static Pending cast(Constant x, DataType to) {
    if (to == x.type()) {
      return Pending.ready(x);
    }
    return unary(
        x,
        to,
        new Unary(
            to == DataType.BOOL ? value -> value != 0 ? 1 : 0 : value -> value,
            to == DataType.BOOL ? value -> value != 0 ? 1 : 0 : value -> value));
  }
}
