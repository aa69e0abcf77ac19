package dev.capstan.data.shapes;

import java.util.function.DoubleBinaryOperator;

/**
 * The figures of {@link ShapeImages}, each as a signed distance: below 0 inside, in units of the
 * figure's radius.
 */
enum Figure {
  CHECKER(within(Figure::checker)),
  CRESCENT((u, v) -> Math.max(norm(u, v) - 1, 0.8 - norm(u - 0.5, v))),
  CROSS((u, v) -> Math.min(box(u, v, 1, 0.3), box(u, v, 0.3, 1))),
  DISC((u, v) -> norm(u, v) - 0.9),
  DOTS(within((u, v) -> norm(wave(u), wave(v)) - 0.2)),
  RING((u, v) -> Math.abs(norm(u, v) - 0.75) - 0.2),
  SQUARE((u, v) -> box(u, v, 0.8, 0.8)),
  STAR(Figure::star),
  STRIPES(within((u, v) -> Math.abs(wave(u)) - 0.15)),
  TRIANGLE((u, v) -> Math.max(-v, Math.abs(u) * StrictMath.sqrt(0.75) + v / 2) - 0.5);

  private static final double PERIOD = 0.6;

  private final DoubleBinaryOperator distance;

  Figure(DoubleBinaryOperator distance) {
    this.distance = distance;
  }

  /** Signed distance of a point from the figure's edge; an estimate for the pointed ones. */
  double distance(double u, double v) {
    return distance.applyAsDouble(u, v);
  }

  /** A texture cut to a square, so that its outline does not give it away. */
  private static DoubleBinaryOperator within(DoubleBinaryOperator texture) {
    return (u, v) -> Math.max(box(u, v, 0.9, 0.9), texture.applyAsDouble(u, v));
  }

  private static double norm(double u, double v) {
    return Math.sqrt(u * u + v * v);
  }

  private static double box(double u, double v, double halfWidth, double halfHeight) {
    return Math.max(Math.abs(u) - halfWidth, Math.abs(v) - halfHeight);
  }

  /** Distance from the nearest multiple of the textures' period, with its sign. */
  private static double wave(double u) {
    return u - PERIOD * Math.rint(u / PERIOD);
  }

  private static double checker(double u, double v) {
    double a = Math.abs(wave(u)) - PERIOD / 4;
    double b = Math.abs(wave(v)) - PERIOD / 4;
    return a * b < 0 ? -Math.min(Math.abs(a), Math.abs(b)) : Math.min(Math.abs(a), Math.abs(b));
  }

  private static double star(double u, double v) {
    double fifth = 2 * StrictMath.PI / 5;
    double angle = StrictMath.atan2(u, v);
    double folded = Math.abs(angle - fifth * Math.rint(angle / fifth));
    double x = norm(u, v) * StrictMath.cos(folded);
    double y = norm(u, v) * StrictMath.sin(folded);
    return (x - 1) * 0.45 + y * 0.85;
  }
}
