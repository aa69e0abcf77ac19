package dev.capstan.chart;

import java.util.List;

/**
 * One plot.
 *
 * @param title over it
 * @param level height of a dashed line that all is compared with
 * @param levelName what stands on that line
 */
public record Panel(
    String title, Axis x, Axis y, List<Series> series, double level, String levelName) {
  /** Copies the list. */
  public Panel {
    series = List.copyOf(series);
  }
}
