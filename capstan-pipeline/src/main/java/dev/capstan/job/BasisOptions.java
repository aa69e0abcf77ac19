package dev.capstan.job;

import dev.capstan.recipe.Method;

/**
 * How the bases are found.
 *
 * @param method what chooses them
 * @param learnImages images that learned bases see; 0 for one pass, at most 50,000, or as many as
 *     16 over few images, up to 12,800, as far as the network's size allows
 * @param fewImages whether 12,800 are seen whatever the number of images
 */
public record BasisOptions(Method method, int learnImages, boolean fewImages) {
  /** Bases learned in one pass over the images. */
  public static final BasisOptions DEFAULT = new BasisOptions(Method.CAP, 0, false);

  /** Images that the projections see at most, unless asked otherwise. */
  private static final int MOST_IMAGES = 50_000;

  /** Images that they see where few have to do: each of them many times. */
  private static final int FEW_SEEN = 12_800;

  private static final int MOST_PASSES = 16;

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

  /** How many images learning sees where there are so many different ones, and runs are cheap. */
  public int images(int available) {
    int again = (int) Math.min(FEW_SEEN, (long) MOST_PASSES * available);
    int usual = fewImages ? FEW_SEEN : Math.min(MOST_IMAGES, Math.max(available, again));
    return learnImages > 0 ? learnImages : usual;
  }
}
