package dev.capstan.image;

import dev.capstan.random.Randomness;
import java.util.SplittableRandom;

/**
 * Random changes to training images: a shift by up to {@code pad} pixels, a mirror image, and a
 * square that is erased (cutout, DeVries and Taylor 2017; here all of it lies inside the image).
 *
 * <p>What a shift brings in from outside, and what is erased, is the value that normalises to 0,
 * the mean colour. The choice for an image depends on (seed, epoch, index) alone.
 *
 * @param pad largest shift down, up, left or right, in pixels
 * @param flip whether half of the images are mirrored left to right
 * @param cutout side of the erased square, in pixels; 0 erases nothing
 * @param seed seed of the choices
 */
public record Augmentation(int pad, boolean flip, int cutout, long seed) {
  /**
   * What a network is shown of an image.
   *
   * @param down rows by which the window lies below the image's top
   * @param right columns by which it lies right of the (flipped) image's left edge
   * @param flipped whether left and right change places
   * @param hole what is erased of the window
   */
  public record Placement(int down, int right, boolean flipped, Square hole) {
    /** The image as it is. */
    public static final Placement PLAIN = new Placement(0, 0, false, Square.NONE);

    /** A square of pixels, by its first row and column and its side. */
    public record Square(int top, int left, int side) {
      /** No pixels. */
      static final Square NONE = new Square(0, 0, 0);
    }
  }

  /** Images as they are, to judge by. */
  public static final Augmentation NONE = new Augmentation(0, false, 0, 0);

  /** Checks the extents. */
  public Augmentation {
    if (pad < 0 || cutout < 0) {
      throw new IllegalArgumentException("augmentation with pad " + pad + ", cutout " + cutout);
    }
  }

  /** Shifts and mirror images that erase nothing. */
  public Augmentation(int pad, boolean flip, long seed) {
    this(pad, flip, 0, seed);
  }

  /** The same with another largest shift. */
  public Augmentation withPad(int other) {
    return new Augmentation(other, flip, cutout, seed);
  }

  /** The same with mirror images or without. */
  public Augmentation withFlip(boolean other) {
    return new Augmentation(pad, other, cutout, seed);
  }

  /** The same with other choices. */
  public Augmentation withSeed(long other) {
    return new Augmentation(pad, flip, cutout, other);
  }

  /** What is shown of an image of this extent in an epoch. */
  public Placement place(long epoch, int index, int height, int width) {
    if (pad == 0 && !flip && cutout == 0) {
      return Placement.PLAIN;
    }
    SplittableRandom random = Randomness.of(seed, epoch, index);
    int down = random.nextInt(-pad, pad + 1);
    int right = random.nextInt(-pad, pad + 1);
    boolean flipped = flip && random.nextBoolean();
    return new Placement(down, right, flipped, hole(random, height, width));
  }

  private Placement.Square hole(SplittableRandom random, int height, int width) {
    return cutout == 0
        ? Placement.Square.NONE
        : new Placement.Square(
            random.nextInt(height - cutout + 1), random.nextInt(width - cutout + 1), cutout);
  }
}
