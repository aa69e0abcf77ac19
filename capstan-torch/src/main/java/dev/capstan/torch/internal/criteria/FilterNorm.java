package dev.capstan.torch.internal.criteria;

import dev.capstan.recipe.ChannelStatistics;
import dev.capstan.recipe.Criterion;

/**
 * {@code sum |w|} of each filter (Li et al. 2017, Pruning Filters for Efficient ConvNets); a
 * channel with several producers has the sum over all of them.
 */
public final class FilterNorm implements Criterion {
  @Override
  public String name() {
    return "l1";
  }

  @Override
  public boolean seesImages() {
    return false;
  }

  @Override
  public double[] scores(ChannelStatistics channels) {
    double[][] filters = channels.filters();
    double[] norms = new double[filters.length];
    for (int c = 0; c < norms.length; c++) {
      for (double weight : filters[c]) {
        norms[c] += Math.abs(weight);
      }
    }
    return norms;
  }
}
