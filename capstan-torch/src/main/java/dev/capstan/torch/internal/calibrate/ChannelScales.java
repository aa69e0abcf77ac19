package dev.capstan.torch.internal.calibrate;

import java.util.Arrays;

/**
 * How large the channels of a space are on the calibration images, and how they vary together.
 * Immutable.
 */
public final class ChannelScales {
  /** Of the mean size: what channels that hardly speak count as. */
  private static final double LEAST = 0.01;

  private final float[] sizes;
  private final float[] correlations;

  /**
   * Copies the arrays.
   *
   * @param sizes {@code sqrt(E x_c^2)}, n, up to a factor of the space's
   * @param correlations of channels of unit size, uncentred, n x n
   */
  public ChannelScales(float[] sizes, float[] correlations) {
    if (correlations.length != sizes.length * sizes.length) {
      throw new IllegalArgumentException(
          "%d correlations of %d channels".formatted(correlations.length, sizes.length));
    }
    this.sizes = sizes.clone();
    this.correlations = correlations.clone();
  }

  /**
   * Of energies and moments.
   *
   * @param energies {@code E x_c^2} of what is read, n, in any unit
   * @param moments M = E[x x^T], n x n, in any unit
   */
  static ChannelScales of(double[] energies, double[] moments) {
    int n = energies.length;
    float[] sizes = new float[n];
    double mean = 0;
    double meanRoot = 0;
    for (int c = 0; c < n; c++) {
      sizes[c] = (float) Math.sqrt(energies[c]);
      mean += sizes[c] / n;
      meanRoot += Math.sqrt(moments[c * (n + 1)]) / n;
    }
    for (int c = 0; c < n; c++) {
      sizes[c] = mean > 0 ? (float) Math.max(LEAST * mean, sizes[c]) : 1;
    }
    return new ChannelScales(sizes, correlations(moments, LEAST * meanRoot, n));
  }

  /** Of n channels of which nothing is known. */
  static ChannelScales unknown(int n) {
    float[] sizes = new float[n];
    Arrays.fill(sizes, 1);
    return new ChannelScales(sizes, correlations(new double[n * n], 1, n));
  }

  /** What hardly speaks is of unit size all the same, and goes with nothing. */
  private static float[] correlations(double[] moments, double floor, int n) {
    double[] roots = new double[n];
    for (int c = 0; c < n; c++) {
      roots[c] = Math.max(floor, Math.sqrt(moments[c * (n + 1)]));
    }
    float[] correlations = new float[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        double unit = roots[i] * roots[j];
        correlations[i * n + j] = unit > 0 ? (float) (moments[i * n + j] / unit) : 0;
      }
      correlations[i * (n + 1)] = 1;
    }
    return correlations;
  }

  /**
   * Sizes of the channels, n; the caller's. Those that hardly speak count as a hundredth of the
   * mean.
   */
  public float[] sizes() {
    return sizes.clone();
  }

  /** Uncentred correlations, n x n; the caller's. */
  public float[] correlations() {
    return correlations.clone();
  }
}
