package dev.capstan.recipe;

/**
 * How a network is compressed by a few hundred images in about a minute: a selection and, as its
 * rival, bases that were learned for a short time; whatever is nearer to the original after the
 * refit is taken.
 *
 * @param learning how bases are learned
 * @param refit how layers are solved for afterwards
 */
public record FewImagesRecipe(LearnRecipe learning, RefitRecipe refit) {
  /** How often learning sees each image. */
  private static final int PASSES = 8;

  /**
   * The recipe for a set of images.
   *
   * @param images how many there are
   */
  public static FewImagesRecipe standard(int images, long seed) {
    return new FewImagesRecipe(
        LearnRecipe.standard(PASSES * images, seed), RefitRecipe.standard(images, seed));
  }
}
