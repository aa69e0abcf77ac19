package dev.capstan.pipeline;

/**
 * How the bases are found.
 *
 * @param learnImages images that the projections see; 0 for one pass, at most 50,000
 */
public record BasisOptions(int learnImages) {
  /** One pass over the images. */
  public static final BasisOptions DEFAULT = new BasisOptions(0);

  /** Images that the projections see at most, unless asked otherwise. */
  private static final int MOST_IMAGES = 50_000;

  /** Checks the number. */
  public BasisOptions {
    if (learnImages < 0) {
      throw new IllegalArgumentException(learnImages + " images to learn from");
    }
  }

  /** How many images are seen where there are so many different ones. */
  int images(int available) {
    return learnImages > 0 ? learnImages : Math.min(MOST_IMAGES, available);
  }
}
