package dev.capstan.recipe.stage;

/**
 * How layers are solved for by least squares.
 *
 * @param images images that the equations are made of, at most
 * @param batch images computed at a time; the result hardly depends on it
 * @param ridge weight of the squared distance from the weights a layer had, relative to the mean
 *     energy of its inputs: more of it holds layers with few equations near where they were
 * @param seed of the choice of images and pixels
 */
public record RefitRecipe(int images, int batch, double ridge, long seed) {
  /** The recipe that docs/experiments.md arrived at. */
  public static RefitRecipe standard(int images, long seed) {
    return new RefitRecipe(images, 50, 1e-3, seed);
  }

  /** Checks the ranges. */
  public RefitRecipe {
    if (images < 1 || batch < 1 || !(ridge >= 0)) {
      throw new IllegalArgumentException(
          "refit on %d images in batches of %d with ridge %s".formatted(images, batch, ridge));
    }
  }
}
