package dev.capstan.pipeline.evidence;

import java.util.List;

/**
 * How a loss went.
 *
 * @param work what was done, {@code learn} or {@code train}
 * @param steps how many steps it took
 * @param points from the first step to the last; the mean over as many steps each
 */
public record Course(String work, long steps, List<Point> points) {
  /** Copies the list. */
  public Course {
    points = List.copyOf(points);
  }

  /** A loss after so many steps. */
  public record Point(long step, double loss) {}
}
