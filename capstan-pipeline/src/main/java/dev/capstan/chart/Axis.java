package dev.capstan.chart;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * An axis of a panel.
 *
 * @param title what is shown, with its unit
 * @param from its lower end
 * @param to its upper end
 */
public record Axis(String title, double from, double to) {
  /** Ticks that fit beside each other. */
  private static final int MOST_TICKS = 6;

  /** Empty space at both ends, as a share of what lies between. */
  private static final double MARGIN = 0.08;

  /** Checks the ends. */
  public Axis {
    if (!(from < to)) {
      throw new IllegalArgumentException("axis '%s' from %s to %s".formatted(title, from, to));
    }
  }

  /** An axis that shows all these values, and a margin. */
  public static Axis around(String title, DoubleStream values) {
    var found = values.summaryStatistics();
    double extent = found.getMax() - found.getMin();
    double margin = extent > 0 ? MARGIN * extent : Math.max(1e-3, Math.abs(found.getMax()) / 2);
    return new Axis(title, found.getMin() - margin, found.getMax() + margin);
  }

  /** Where a value lies, 0 at the lower end, 1 at the upper. */
  public double position(double value) {
    return (value - from) / (to - from);
  }

  /** Round numbers between the ends: multiples of 1, 2 or 5 times a power of ten. */
  public List<BigDecimal> ticks() {
    BigDecimal step = step();
    BigDecimal first =
        BigDecimal.valueOf(from).divide(step, 0, RoundingMode.CEILING).multiply(step);
    List<BigDecimal> ticks = new ArrayList<>();
    for (BigDecimal tick = first; tick.doubleValue() <= to; tick = tick.add(step)) {
      ticks.add(tick);
    }
    return ticks;
  }

  private BigDecimal step() {
    int power = (int) Math.floor(Math.log10((to - from) / MOST_TICKS));
    BigDecimal unit = BigDecimal.ONE.scaleByPowerOfTen(power);
    return List.of(1, 2, 5, 10).stream()
        .map(factor -> unit.multiply(BigDecimal.valueOf(factor)))
        .filter(step -> (to - from) / step.doubleValue() <= MOST_TICKS)
        .findFirst()
        .orElseThrow();
  }
}
