package dev.capstan.cli.page;

import dev.capstan.chart.Axis;
import dev.capstan.cli.page.Block.Drawing;
import dev.capstan.cli.page.Block.Label;
import dev.capstan.cli.page.Block.Mark;
import dev.capstan.cli.page.Block.Meaning;
import dev.capstan.cli.page.Block.Size;
import dev.capstan.cli.page.Block.Stroke;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/** Series of points between two axes. */
record Plot(String title, Axis x, Axis y, List<Series> series) {
  /** Fits a phone; two of them stand beside each other elsewhere. */
  private static final int WIDTH = 340;

  private static final int HEIGHT = 250;
  private static final double LEFT = 46;
  private static final double RIGHT = WIDTH - 12.0;
  private static final double TOP = 26;
  private static final double BOTTOM = HEIGHT - 44.0;
  private static final double RADIUS = 4;

  /** Where more points than these stand beside each other they are small. */
  private static final int MANY = 40;

  /**
   * Points that belong together.
   *
   * @param look of its line and marks
   * @param joined whether a line goes through them
   */
  record Series(String name, String look, boolean joined, List<Point> points) {
    /** Copies the list. */
    Series {
      points = List.copyOf(points);
    }
  }

  /** A point and what it says. */
  record Point(double x, double y, String words) {}

  /** The plot of series that have points, its axes around all of these. */
  static Plot around(String title, String x, String y, List<Series> series) {
    List<Series> some = series.stream().filter(s -> !s.points().isEmpty()).toList();
    return new Plot(
        title,
        Axis.around(x, some.stream().flatMapToDouble(s -> values(s, Point::x))),
        Axis.around(y, some.stream().flatMapToDouble(s -> values(s, Point::y))),
        some);
  }

  private static DoubleStream values(Series series, ToDoubleFunction<Point> value) {
    return series.points().stream().mapToDouble(value);
  }

  Drawing drawing() {
    List<Stroke> lines = new ArrayList<>();
    List<Label> labels = new ArrayList<>();
    axes(lines, labels);
    List<Mark> marks = new ArrayList<>();
    for (Series one : series) {
      if (one.joined()) {
        lines.add(new Stroke(way(one), "line " + one.look()));
      }
      for (Point point : one.points()) {
        double radius = one.points().size() > MANY ? RADIUS / 2 : RADIUS;
        Stroke dot = Stroke.dot(x(point.x()), y(point.y()), radius, one.look());
        marks.add(new Mark(List.of(dot), point.words(), null));
      }
    }
    List<Meaning> legend = series.stream().map(s -> new Meaning(s.look(), s.name())).toList();
    return new Drawing(title, new Size(WIDTH, HEIGHT), lines, marks, labels, legend);
  }

  private String way(Series one) {
    return one.points().stream()
        .map(point -> Pixels.of(x(point.x())) + " " + Pixels.of(y(point.y())))
        .collect(Collectors.joining("L", "M", ""));
  }

  private void axes(List<Stroke> lines, List<Label> labels) {
    for (BigDecimal tick : x.ticks()) {
      double at = x(tick.doubleValue());
      lines.add(Stroke.line(at, BOTTOM, at, BOTTOM + 4, "axis"));
      labels.add(new Label(at, BOTTOM + 17, "middle", tick.toPlainString()));
    }
    for (BigDecimal tick : y.ticks()) {
      double at = y(tick.doubleValue());
      lines.add(Stroke.line(LEFT, at, RIGHT, at, "grid"));
      labels.add(new Label(LEFT - 6, at + 4, "end", tick.toPlainString()));
    }
    lines.add(Stroke.line(LEFT, BOTTOM, RIGHT, BOTTOM, "axis"));
    labels.add(new Label((LEFT + RIGHT) / 2, HEIGHT - 8.0, "middle", x.title()));
    labels.add(new Label(0, 12, "start", y.title()));
  }

  private double x(double value) {
    return LEFT + x.position(value) * (RIGHT - LEFT);
  }

  private double y(double value) {
    return BOTTOM - y.position(value) * (BOTTOM - TOP);
  }
}
