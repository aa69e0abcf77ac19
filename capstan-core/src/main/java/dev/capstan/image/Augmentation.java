package dev.capstan.image;

import dev.capstan.random.Randomness;
import java.util.SplittableRandom;

/**
 * Random changes to training images: a shift by up to {@code pad} pixels, a mirror image, and a
 * square that is erased (cutout, DeVries and Taylor 2017; here all of it lies inside the image).
 *
 * <p>What a shift brings in from outside is the image mirrored at its edge, {@code x[-i] = x[i]},
 * so that no border is unlike what the network meets; what is erased is the value that normalises
 * to 0, the mean colour. The choice for an image depends on (seed, epoch, index) alone.
 *
 * @param pad largest shift down, up, left or right, in pixels
 * @param flip whether half of the images are mirrored left to right
 * @param cutout side of the erased square, in pixels; 0 erases nothing
 * @param unshifted share of all images to come, at their end, that are not shifted, in [0, 1]:
 *     statistics that are gathered there are those of images as they will be met
 * @param seed seed of the choices
 */
public record Augmentation(int pad, boolean flip, int cutout, double unshifted, long seed) {
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
  public static final Augmentation NONE = new Augmentation(0, false, 0);

  /** Checks the extents. */
  public Augmentation {
    if (pad < 0 || cutout < 0 || !(unshifted >= 0 && unshifted <= 1)) {
      throw new IllegalArgumentException(
          "augmentation with pad %d, cutout %d, unshifted %s".formatted(pad, cutout, unshifted));
    }
  }

  /** Shifts and mirror images to the end that erase nothing. */
  public Augmentation(int pad, boolean flip, long seed) {
    this(pad, flip, 0, 0, seed);
  }

  /** The same with another largest shift. */
  public Augmentation withPad(int other) {
    return new Augmentation(other, flip, cutout, unshifted, seed);
  }

  /** The same with mirror images or without. */
  public Augmentation withFlip(boolean other) {
    return new Augmentation(pad, other, cutout, unshifted, seed);
  }

  /** The same with another erased square. */
  public Augmentation withCutout(int other) {
    return new Augmentation(pad, flip, other, unshifted, seed);
  }

  /** The same with another share of images, at the end, that are not shifted. */
  public Augmentation withUnshifted(double other) {
    return new Augmentation(pad, flip, cutout, other, seed);
  }

  /** The same with other choices. */
  public Augmentation withSeed(long other) {
    return new Augmentation(pad, flip, cutout, unshifted, other);
  }

  /** What is left of it for an image, by its place among all that come. */
  public Augmentation at(long position, long images) {
    return position < Math.rint((1 - unshifted) * images) ? this : withPad(0);
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
