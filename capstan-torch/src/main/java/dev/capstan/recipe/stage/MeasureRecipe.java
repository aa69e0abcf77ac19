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

  /**
   * How much a measurement looks at.
   *
   * @param images different ones that are seen
   * @param measured images of these that errors are measured on
   * @param ranks that each space is tried at, the most
   * @param runs forward runs of one image that it costs
   */
  public record Extent(int images, int measured, int ranks, double runs) {
    /** Nothing is measured. */
    public static final Extent NONE = new Extent(0, 0, 0, 0);
  }

  /** Checks the number. */
  public MeasureRecipe {
    if (images < 0) {
      throw new IllegalArgumentException(images + " images to measure on");
    }
  }
}
