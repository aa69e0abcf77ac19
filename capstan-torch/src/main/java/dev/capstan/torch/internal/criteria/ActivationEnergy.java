package dev.capstan.torch.internal.criteria;

import dev.capstan.recipe.ChannelStatistics;
import dev.capstan.recipe.Criterion;
import java.util.Arrays;

/** Energy of a channel, in the activations times in the weights that read it. */
public final class ActivationEnergy implements Criterion {
  @Override
  public String name() {
    return "activation";
  }

  @Override
  public boolean seesImages() {
    return true;
  }

  @Override
  public double[] scores(ChannelStatistics channels) {
    double[] energies = channels.activationEnergies();
    double[] weights = channels.readerEnergies();
    Arrays.setAll(energies, c -> energies[c] * weights[c]);
    return energies;
  }
}
