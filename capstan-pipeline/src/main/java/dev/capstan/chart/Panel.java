package dev.capstan.chart;

import java.util.List;

/**
 * One plot.
 *
 * @param title over it
 * @param levels what all is compared with
 */
public record Panel(String title, Axis x, Axis y, List<Series> series, List<Level> levels) {
  /**
   * A dashed line across the plot.
   *
   * @param name what stands on it
   */
  public record Level(double height, String name) {}

  /** Copies the lists. */
  public Panel {
    series = List.copyOf(series);
    levels = List.copyOf(levels);
  }
}
