package dev.capstan.torch.internal.criteria;

import dev.capstan.recipe.ChannelStatistics;
import dev.capstan.recipe.Criterion;

/** Channels drawn at random: what every other criterion must beat. */
public final class RandomChoice implements Criterion {
  @Override
  public String name() {
    return "random";
  }

  @Override
  public boolean seesImages() {
    return false;
  }

  @Override
  public double[] scores(ChannelStatistics channels) {
    return channels.draws();
  }
}
