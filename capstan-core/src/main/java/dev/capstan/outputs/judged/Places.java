package dev.capstan.outputs.judged;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * How scores lie beside other numbers of the same places (N x classes x H x W beside N x 4 x H x W,
 * N x classes x places beside N x places x 4): once an axis is taken off each, they have the same
 * shape.
 *
 * @param scoreAxis along which the scores of one place lie, 0 where a place has one score
 * @param valueAxis along which the numbers of one place lie
 */
public record Places(int scoreAxis, int valueAxis) {
  /** Null where they do not speak of the same places; of several ways, that of most places. */
  public static @Nullable Places of(long[] scores, long[] values) {
    List<Places> ways = new ArrayList<>();
    for (int value = 1; value < values.length; value++) {
      for (int score = 0; score < scores.length; score++) {
        if (Arrays.equals(without(score, scores), without(value, values))) {
          ways.add(new Places(score, value));
        }
      }
    }
    return ways.stream()
        .filter(way -> way.count(values) > 1)
        .max(Comparator.<Places>comparingLong(way -> way.count(values)))
        .orElse(null);
  }

  /** Axis 0, of the images, stays in any case. */
  private static long[] without(int axis, long[] shape) {
    return IntStream.range(0, shape.length)
        .filter(i -> i == 0 || i != axis)
        .mapToLong(i -> shape[i])
        .toArray();
  }

  /** Places of an image. */
  private long count(long[] values) {
    return Arrays.stream(without(valueAxis, values)).skip(1).reduce(1, Math::multiplyExact);
  }
}
