package dev.capstan.chart;

import java.util.Comparator;
import java.util.List;

/**
 * Points that belong together.
 *
 * @param name what the legend calls them; series of one name look alike in every panel
 * @param points from left to right
 */
public record Series(String name, List<Point> points) {
  /**
   * A point.
   *
   * @param error half the height of the bar through it, 0 for none
   */
  public record Point(double x, double y, double error) {}

  /** Sorts the points. */
  public Series {
    points = points.stream().sorted(Comparator.comparingDouble(Point::x)).toList();
  }
}
