package dev.capstan.rank.allocate;

import dev.capstan.error.InvalidInputException;
import dev.capstan.space.Space;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * How far the outputs move when one space alone is given fewer channels (docs/method.md, section
 * 5.3).
 *
 * @param bySpace relative squared error of the outputs by rank, by space name
 */
public record Sensitivities(Map<String, Curve> bySpace) {
  /**
   * Copies the map, keeping its order.
   *
   * @throws InvalidInputException if a rise is no number, as where outputs are too large to square
   */
  public Sensitivities {
    bySpace = Collections.unmodifiableMap(new LinkedHashMap<>(bySpace));
    bySpace.forEach(Sensitivities::check);
  }

  private static void check(String space, Curve curve) {
    curve
        .points()
        .forEach(
            (rank, rise) -> {
              if (!Double.isFinite(rise)) {
                throw new InvalidInputException(
                    "channel space '%s': the error at %d channels is no number: values of the network are too large for single precision, its weights are damaged or the preprocessing is wrong"
                        .formatted(space, rank));
              }
            });
  }

  /** What was measured of a space, rise by rank; empty if nothing was. */
  NavigableMap<Integer, Double> points(Space space) {
    Curve curve = bySpace.get(space.name());
    return curve == null ? Collections.emptyNavigableMap() : curve.points();
  }

  /** These curves and others; of a space that has both, the others' one. */
  public Sensitivities and(Sensitivities others) {
    Map<String, Curve> all = new LinkedHashMap<>(bySpace);
    all.putAll(others.bySpace);
    return new Sensitivities(all);
  }

  /**
   * The rise at a rank.
   *
   * @throws IllegalArgumentException if the space was not measured
   */
  public double rise(Space space, int rank) {
    Curve curve = bySpace.get(space.name());
    if (curve == null) {
      throw new IllegalArgumentException("space '" + space.name() + "' was not measured");
    }
    return curve.rise(rank);
  }

  /**
   * The rise of one space: never more at a larger rank, 0 at the full width, smooth between the
   * ranks that were measured ({@link MonotoneCubic}) and straight beyond the smallest of them.
   *
   * @param points rise by rank, the width among them
   */
  public record Curve(NavigableMap<Integer, Double> points) {
    /** Takes out the noise that would let fewer channels do better. */
    public Curve {
      if (points.isEmpty()) {
        throw new IllegalArgumentException("a curve without points");
      }
      points = Collections.unmodifiableNavigableMap(monotone(points));
    }

    /**
     * The curve through what was measured.
     *
     * @param width n, where the rise is 0
     */
    public static Curve of(int width, Map<Integer, Double> measured) {
      TreeMap<Integer, Double> points = new TreeMap<>(measured);
      points.put(width, 0.0);
      return new Curve(points);
    }

    private static TreeMap<Integer, Double> monotone(NavigableMap<Integer, Double> points) {
      TreeMap<Integer, Double> monotone = new TreeMap<>();
      double least = 0;
      for (Map.Entry<Integer, Double> point : points.descendingMap().entrySet()) {
        least = Math.max(least, point.getValue());
        monotone.put(point.getKey(), least);
      }
      return monotone;
    }

    /** The curve of a factor times these rises. */
    Curve times(double factor) {
      TreeMap<Integer, Double> times = new TreeMap<>();
      points.forEach((rank, rise) -> times.put(rank, factor * rise));
      return new Curve(times);
    }

    double rise(int rank) {
      return new MonotoneCubic(points).at(rank);
    }
  }
}
