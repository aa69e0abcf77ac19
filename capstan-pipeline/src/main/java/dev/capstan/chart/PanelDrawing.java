package dev.capstan.chart;

import static dev.capstan.chart.SvgWriter.number;

import dev.capstan.chart.Series.Point;
import java.math.BigDecimal;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Draws a panel with its corner at the origin.
 *
 * @param names of all series, in the order of their styles
 */
record PanelDrawing(Panel panel, List<String> names, SvgWriter svg) {
  /** What a panel takes, with the empty space around it. */
  static final double WIDTH = 400;

  /** The same, from top to bottom. */
  static final double HEIGHT = 310;

  private static final double LEFT = 44;
  private static final double RIGHT = WIDTH - 24;
  private static final double TOP = 32;
  private static final double BOTTOM = HEIGHT - 52;
  private static final String GRID = "#e2e2e2";
  private static final String GREY = "#666666";

  void draw() {
    svg.open("g", "font-weight=bold");
    svg.text(LEFT, TOP - 12, "start", panel.title());
    svg.close();
    horizontalAxis();
    verticalAxis();
    for (int i = 0; i < panel.levels().size(); i++) {
      level(panel.levels().get(i), i % 2 == 0);
    }
    panel.series().forEach(this::series);
  }

  private double x(double value) {
    return LEFT + panel.x().position(value) * (RIGHT - LEFT);
  }

  private double y(double value) {
    return BOTTOM - panel.y().position(value) * (BOTTOM - TOP);
  }

  private void horizontalAxis() {
    for (BigDecimal tick : panel.x().ticks()) {
      double x = x(tick.doubleValue());
      line(x, BOTTOM, x, BOTTOM + 4, GREY);
      svg.text(x, BOTTOM + 18, "middle", tick.toPlainString());
    }
    line(LEFT, BOTTOM, RIGHT, BOTTOM, GREY);
    svg.text((LEFT + RIGHT) / 2, BOTTOM + 36, "middle", panel.x().title());
  }

  private void verticalAxis() {
    for (BigDecimal tick : panel.y().ticks()) {
      double y = y(tick.doubleValue());
      line(LEFT, y, RIGHT, y, GRID);
      svg.text(LEFT - 6, y + 4, "end", tick.toPlainString());
    }
    svg.open("g", "transform=translate(4,%s) rotate(-90)".formatted(number((TOP + BOTTOM) / 2)));
    svg.text(0, 0, "middle", panel.y().title());
    svg.close();
  }

  /** Names stand at either end in turn: levels may be near each other. */
  private void level(Panel.Level level, boolean left) {
    double y = y(level.height());
    svg.open("g", "stroke-dasharray=5 4");
    line(LEFT, y, RIGHT, y, GREY);
    svg.close();
    svg.text(left ? LEFT + 4 : RIGHT - 4, y - 5, left ? "start" : "end", level.name());
  }

  private void series(Series series) {
    Style style = Style.of(names.indexOf(series.name()));
    svg.path(
        series.points().stream()
            .map(point -> number(x(point.x())) + "," + number(y(point.y())))
            .collect(Collectors.joining("L", "M", "")),
        style.colour(),
        2,
        "none");
    for (Point point : series.points()) {
      if (point.error() > 0) {
        double x = x(point.x());
        line(x, y(point.y() - point.error()), x, y(point.y() + point.error()), style.colour());
      }
      svg.moveTo(x(point.x()), y(point.y()));
      svg.path(style.mark(), "#ffffff", 1, style.colour());
      svg.close();
    }
  }

  private void line(double x1, double y1, double x2, double y2, String colour) {
    svg.path(
        "M%s,%sL%s,%s".formatted(number(x1), number(y1), number(x2), number(y2)),
        colour,
        1,
        "none");
  }
}
