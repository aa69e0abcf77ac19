package dev.capstan.latency;

import java.util.Arrays;

/**
 * A function of two numbers of channels, known at the points of a grid and bilinear between them.
 *
 * @param in where it is known along the first axis, ascending
 * @param out where it is known along the second
 * @param values the function, by point of the first axis, then of the second
 */
@SuppressWarnings("ArrayRecordComponent")
record Table(int[] in, int[] out, double[][] values) {
  /**
   * The smallest table above this one that never falls: measurements scatter, but more channels are
   * never cheaper.
   */
  Table rising() {
    double[][] raised = new double[in.length][out.length];
    for (int i = 0; i < in.length; i++) {
      for (int o = 0; o < out.length; o++) {
        double fewerIn = i == 0 ? 0 : raised[i - 1][o];
        double fewerOut = o == 0 ? 0 : raised[i][o - 1];
        raised[i][o] = Math.max(values[i][o], Math.max(fewerIn, fewerOut));
      }
    }
    return new Table(in, out, raised);
  }

  /** The function; beyond the grid it is as at the grid's edge. */
  double at(int inChannels, int outChannels) {
    Between i = Between.of(in, inChannels);
    Between o = Between.of(out, outChannels);
    double below = o.mix(values[i.lower()][o.lower()], values[i.lower()][o.upper()]);
    double above = o.mix(values[i.upper()][o.lower()], values[i.upper()][o.upper()]);
    return i.mix(below, above);
  }

  /** The largest value. */
  double top() {
    return values[in.length - 1][out.length - 1];
  }

  /** A place between two points of an axis. */
  private record Between(int lower, int upper, double share) {
    static Between of(int[] points, int at) {
      int found = Arrays.binarySearch(points, at);
      int upper = Math.min(found >= 0 ? found : -found - 1, points.length - 1);
      int lower = found >= 0 ? upper : Math.max(0, upper - 1);
      double width = points[upper] - points[lower];
      double share = width == 0 ? 0 : Math.min(1, (at - points[lower]) / width);
      return new Between(lower, upper, share);
    }

    double mix(double low, double high) {
      return low + share * (high - low);
    }
  }
}
