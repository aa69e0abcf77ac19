package dev.capstan.recipe.stage;

import dev.capstan.rank.RankGrid;

/**
 * How sensitivities are measured.
 *
 * @param grid the ranks that spaces may be tried at
 * @param images to measure on, at most; 0 for as many as a budget of forward runs allows, which
 *     suits the network's size
 */
public record MeasureRecipe(RankGrid grid, int images) {
  /** Checks the number. */
  public MeasureRecipe {
    if (images < 0) {
      throw new IllegalArgumentException(images + " images to measure on");
    }
  }
}
