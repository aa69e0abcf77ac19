package dev.capstan.job;

import dev.capstan.recipe.Method;

/**
 * How the bases are found.
 *
 * @param method what chooses them
 * @param learnImages views that bases are learned from; 0 for 50,000, but no more than 32 of an
 *     image, as far as the network's size allows
 * @param fewImages whether it is 12,800 whatever the number of images, which is soon done
 */
public record BasisOptions(Method method, int learnImages, boolean fewImages) {
  /** Bases learned from as many views as suit the images and the network. */
  public static final BasisOptions DEFAULT = new BasisOptions(Method.CAP, 0, false);

  private static final int VIEWS = 50_000;

  private static final int FEW_VIEWS = 12_800;

  /** By twice as many the half of ResNet-20 loses what a quarter gains (docs/experiments.md). */
  private static final int MOST_PASSES = 32;

  /** Checks the number. */
  public BasisOptions {
    if (learnImages < 0) {
      throw new IllegalArgumentException(learnImages + " images to learn from");
    }
  }

  /** The same chosen by another method. */
  public BasisOptions with(Method other) {
    return new BasisOptions(other, learnImages, fewImages);
  }

  /** The same with another number of images to learn from. */
  public BasisOptions withLearnImages(int count) {
    return new BasisOptions(method, count, fewImages);
  }

  /** From how many views of so many images bases are learned where runs are cheap. */
  public int images(int available) {
    long usual = fewImages ? FEW_VIEWS : Math.min(VIEWS, (long) MOST_PASSES * available);
    return learnImages > 0 ? learnImages : (int) usual;
  }
}
