package dev.capstan.recipe.stage;

/**
 * Which images statistics are taken of.
 *
 * @param images how many, at most
 * @param batch images at a time
 * @param seed of their choice
 */
public record CalibrationRecipe(int images, int batch, long seed) {
  /** Checks the ranges. */
  public CalibrationRecipe {
    if (images < 1 || batch < 1) {
      throw new IllegalArgumentException(
          "calibration on %d images in batches of %d".formatted(images, batch));
    }
  }
}
