package dev.capstan.data;

import java.util.SplittableRandom;

/**
 * Random changes to training images: a shift by up to {@code pad} pixels and a mirror image.
 *
 * <p>What a shift brings in from outside is the value that normalises to 0, the mean colour. The
 * choice for an image depends on (seed, epoch, index) alone.
 *
 * @param pad largest shift down, up, left or right, in pixels
 * @param flip whether half of the images are mirrored left to right
 * @param seed seed of the choices
 */
public record Augmentation(int pad, boolean flip, long seed) {
  /** Images as they are, to judge by. */
  public static final Augmentation NONE = new Augmentation(0, false, 0);

  /** Checks the shift. */
  public Augmentation {
    if (pad < 0) {
      throw new IllegalArgumentException("pad " + pad);
    }
  }

  /** What is shown of an image in an epoch. */
  Placement place(long epoch, int index) {
    if (pad == 0 && !flip) {
      return Placement.PLAIN;
    }
    SplittableRandom random = Randomness.of(seed, epoch, index);
    return new Placement(
        random.nextInt(-pad, pad + 1), random.nextInt(-pad, pad + 1), flip && random.nextBoolean());
  }
}
