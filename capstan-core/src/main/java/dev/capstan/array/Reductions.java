package dev.capstan.array;

import dev.capstan.graph.Constant;
import dev.capstan.graph.ConstantWriter;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;
import java.util.stream.IntStream;

/** One element of all along some axes. */
public enum Reductions {
  /** The sum. */
  SUM(0, 0, Double::sum, Long::sum),
  /** The mean; of integers cut to one. */
  MEAN(0, 0, Double::sum, Long::sum),
  /** The product. */
  PROD(1, 1, (a, b) -> a * b, (a, b) -> a * b),
  /** The largest. */
  MAX(Double.NEGATIVE_INFINITY, Long.MIN_VALUE, Math::max, Math::max),
  /** The smallest. */
  MIN(Double.POSITIVE_INFINITY, Long.MAX_VALUE, Math::min, Math::min),
  /** Sum of the magnitudes. */
  L1(0, 0, (a, b) -> a + Math.abs(b), (a, b) -> a + Math.abs(b)),
  /** Root of the sum of the squares. */
  L2(0, 0, (a, b) -> a + b * b, (a, b) -> a + b * b),
  /** Sum of the squares. */
  SUM_SQUARE(0, 0, (a, b) -> a + b * b, (a, b) -> a + b * b);

  private final double real;
  private final long whole;
  private final DoubleBinaryOperator realStep;
  private final LongBinaryOperator wholeStep;

  Reductions(double real, long whole, DoubleBinaryOperator realStep, LongBinaryOperator wholeStep) {
    this.real = real;
    this.whole = whole;
    this.realStep = realStep;
    this.wholeStep = wholeStep;
  }

  /**
   * What is made of an array, which must have elements.
   *
   * @param axes which ones, from 0, distinct
   * @param keepDims whether they stay with extent 1
   */
  public Pending of(Constant x, List<Integer> axes, boolean keepDims) {
    long[] kept = x.sizes();
    axes.forEach(axis -> kept[axis] = 1);
    long[] sizes =
        IntStream.range(0, kept.length)
            .filter(axis -> keepDims || !axes.contains(axis))
            .mapToLong(axis -> kept[axis])
            .toArray();
    return Pending.over(x, x.type(), sizes, () -> reduced(x, kept).reshaped(sizes));
  }

  private Constant reduced(Constant x, long[] sizes) {
    ConstantWriter result = new ConstantWriter(x.type(), sizes);
    int count = x.elements() / result.elements();
    Broadcasting lines = Broadcasting.of(List.of(x.sizes(), sizes));
    if (x.type().isFloating()) {
      double[] sums = new double[result.elements()];
      Arrays.fill(sums, real);
      lines.walk((i, at) -> sums[at[1]] = realStep.applyAsDouble(sums[at[1]], x.real(i)));
      DoubleUnaryOperator last = last(count);
      for (int i = 0; i < sums.length; i++) {
        result.put(i, last.applyAsDouble(sums[i]));
      }
    } else {
      long[] sums = new long[result.elements()];
      Arrays.fill(sums, whole);
      lines.walk((i, at) -> sums[at[1]] = wholeStep.applyAsLong(sums[at[1]], x.whole(i)));
      LongUnaryOperator last = lastOfWhole(count);
      for (int i = 0; i < sums.length; i++) {
        result.put(i, last.applyAsLong(sums[i]));
      }
    }
    return result.constant();
  }

  private DoubleUnaryOperator last(int count) {
    return switch (this) {
      case MEAN -> sum -> sum / count;
      case L2 -> Math::sqrt;
      default -> sum -> sum;
    };
  }

  private LongUnaryOperator lastOfWhole(int count) {
    return switch (this) {
      case MEAN -> sum -> sum / count;
      case L2 -> sum -> (long) Math.sqrt(sum);
      default -> sum -> sum;
    };
  }
}
