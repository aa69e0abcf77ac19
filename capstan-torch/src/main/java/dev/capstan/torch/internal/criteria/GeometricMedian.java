package dev.capstan.torch.internal.criteria;

import dev.capstan.recipe.ChannelStatistics;
import dev.capstan.recipe.Criterion;

/**
 * {@code sum_j ||w_c - w_j||}: filters near the geometric median of all have the smallest sum, and
 * the others can stand in for them (He et al. 2019, Filter Pruning via Geometric Median).
 */
public final class GeometricMedian implements Criterion {
  @Override
  public String name() {
    return "fpgm";
  }

  @Override
  public boolean seesImages() {
    return false;
  }

  @Override
  public double[] scores(ChannelStatistics channels) {
    double[][] filters = channels.filters();
    double[] sums = new double[filters.length];
    for (int a = 0; a < sums.length; a++) {
      for (int b = a + 1; b < sums.length; b++) {
        double distance = distance(filters[a], filters[b]);
        sums[a] += distance;
        sums[b] += distance;
      }
    }
    return sums;
  }

  private static double distance(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return Math.sqrt(sum);
  }
}
