package dev.capstan.recipe.stage;

import dev.capstan.rank.RankGrid;

/**
 * How sensitivities are measured.
 *
 * @param grid the ranks that spaces may be tried at
 * @param images to measure on, at most; 0 for as many as the forward runs allow
 * @param runs forward runs of one image that it may cost; 0 for what suits the network's size
 */
public record MeasureRecipe(RankGrid grid, int images, double runs) {
  /** A measurement at the cost that suits the network's size. */
  public MeasureRecipe(RankGrid grid, int images) {
    this(grid, images, 0);
  }

  /** Checks the number. */
  public MeasureRecipe {
    if (images < 0) {
      throw new IllegalArgumentException(images + " images to measure on");
    }
  }
}
