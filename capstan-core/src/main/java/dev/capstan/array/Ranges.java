package dev.capstan.array;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.ConstantWriter;

/** Numbers at equal distances. */
public final class Ranges {
  private Ranges() {}

  /**
   * {@code start, start + delta, ...} before {@code limit}; all three are numbers of one type.
   *
   * @throws InvalidInputException if the distance is 0
   */
  public static Pending range(Constant start, Constant limit, Constant delta) {
    double step = number(delta);
    if (step == 0) {
      throw new InvalidInputException("expected a distance other than 0");
    }
    double count = Math.max(0, Math.ceil((number(limit) - number(start)) / step));
    long[] sizes = {(long) count};
    return Pending.of(start.type(), sizes, () -> made(start, delta, sizes));
  }

  private static double number(Constant constant) {
    if (constant.elements() != 1) {
      throw new InvalidInputException("expected a single number, found " + constant);
    }
    return constant.real(0);
  }

  private static Constant made(Constant start, Constant delta, long[] sizes) {
    ConstantWriter result = new ConstantWriter(start.type(), sizes);
    for (int i = 0; i < result.elements(); i++) {
      if (start.type().isFloating()) {
        result.put(i, start.real(0) + i * delta.real(0));
      } else {
        result.put(i, start.whole(0) + i * delta.whole(0));
      }
    }
    return result.constant();
  }
}
