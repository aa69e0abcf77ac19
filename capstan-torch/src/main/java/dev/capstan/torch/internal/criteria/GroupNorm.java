package dev.capstan.torch.internal.criteria;

import dev.capstan.recipe.ChannelStatistics;
import dev.capstan.recipe.Criterion;

/**
 * {@code (sum w^2)^1/2} of all weights that go with a channel: those that write it and those that
 * read it (Fang et al. 2023, DepGraph, section 3.3, without its training for sparsity).
 */
public final class GroupNorm implements Criterion {
  @Override
  public String name() {
    return "l2";
  }

  @Override
  public boolean seesImages() {
    return false;
  }

  @Override
  public double[] scores(ChannelStatistics channels) {
    double[][] filters = channels.filters();
    double[] norms = channels.readerEnergies();
    for (int c = 0; c < norms.length; c++) {
      for (double weight : filters[c]) {
        norms[c] += weight * weight;
      }
      norms[c] = Math.sqrt(norms[c]);
    }
    return norms;
  }
}
