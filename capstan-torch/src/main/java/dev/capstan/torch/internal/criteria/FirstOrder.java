package dev.capstan.torch.internal.criteria;

import dev.capstan.recipe.ChannelStatistics;
import dev.capstan.recipe.Criterion;

/**
 * What removing a channel does to the loss, to first order (Molchanov et al. 2019, Importance
 * Estimation for Neural Network Pruning, with gates after BatchNorm).
 */
public final class FirstOrder implements Criterion {
  @Override
  public String name() {
    return "taylor";
  }

  @Override
  public boolean seesImages() {
    return true;
  }

  @Override
  public double[] scores(ChannelStatistics channels) {
    return channels.lossSensitivities();
  }
}
