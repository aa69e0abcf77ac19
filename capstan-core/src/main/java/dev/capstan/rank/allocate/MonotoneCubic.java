package dev.capstan.rank.allocate;

import java.util.NavigableMap;

/**
 * A smooth curve through points, monotone wherever they are: cubic between them, with slopes by F.
 * N. Fritsch and J. Butland, "A method for constructing local monotone piecewise cubic
 * interpolants", SIAM J. Sci. Stat. Comput. 5 (1984), weighted harmonic means of the neighbouring
 * secants; straight beyond the first point.
 */
final class MonotoneCubic {
  private final double[] x;
  private final double[] y;

  /** The curve through at least one point. */
  MonotoneCubic(NavigableMap<Integer, Double> points) {
    x = points.keySet().stream().mapToDouble(Integer::doubleValue).toArray();
    y = points.values().stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** Its value; beyond the last point that of the last. */
  double at(double place) {
    int last = x.length - 1;
    if (place >= x[last]) {
      return y[last];
    }
    if (place <= x[0]) {
      return y[0] + secant(0) * (place - x[0]);
    }
    int k = 0;
    while (x[k + 1] <= place) {
      k++;
    }
    return hermite(k, (place - x[k]) / (x[k + 1] - x[k]));
  }

  private double hermite(int k, double t) {
    double width = x[k + 1] - x[k];
    double u = 1 - t;
    return y[k] * (1 + 2 * t) * u * u
        + y[k + 1] * (3 - 2 * t) * t * t
        + width * t * u * (slope(k) * u - slope(k + 1) * t);
  }

  private double secant(int k) {
    return (y[k + 1] - y[k]) / (x[k + 1] - x[k]);
  }

  private double slope(int k) {
    int last = x.length - 1;
    if (last == 1) {
      return secant(0);
    }
    return k == 0 ? end(0, 1) : k == last ? end(last - 1, last - 2) : inner(k);
  }

  private double inner(int k) {
    double before = secant(k - 1);
    double after = secant(k);
    if (before * after <= 0) {
      return 0;
    }
    double left = x[k] - x[k - 1];
    double right = x[k + 1] - x[k];
    return 3 * (left + right) / ((2 * right + left) / before + (right + 2 * left) / after);
  }

  /** From three points, held to what keeps the curve monotone. */
  private double end(int near, int next) {
    double own = secant(near);
    double other = secant(next);
    double width = x[near + 1] - x[near];
    double beside = x[next + 1] - x[next];
    double slope = ((2 * width + beside) * own - width * other) / (width + beside);
    if (slope * own <= 0) {
      return 0;
    }
    return own * other <= 0 && Math.abs(slope) > Math.abs(3 * own) ? 3 * own : slope;
  }
}
