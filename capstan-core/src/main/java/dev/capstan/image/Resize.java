package dev.capstan.image;

import dev.capstan.error.InvalidInputException;

/**
 * How an image is scaled before it is cropped.
 *
 * @param mode the rule
 * @param height extent it aims at, in pixels; 0 with {@link Mode#NONE}
 * @param width the same across
 */
public record Resize(Mode mode, int height, int width) {
  /** No scaling. */
  public static final Resize NONE = new Resize(Mode.NONE, 0, 0);

  /** The rules. */
  public enum Mode {
    /** Images stay as they are. */
    NONE,
    /** The proportions stay: the image just covers height x width. */
    COVER,
    /** The image becomes height x width. */
    EXACT
  }

  /** Checks the extents. */
  public Resize {
    if (mode != Mode.NONE && (height < 1 || width < 1)) {
      throw new InvalidInputException(
          "images cannot be resized to " + height + "x" + width + ": give positive numbers");
    }
  }

  /** Scales the shorter side to {@code size} pixels and keeps the proportions. */
  public static Resize shorterSide(int size) {
    return new Resize(Mode.COVER, size, size);
  }

  /** Scales to {@code height} x {@code width} pixels. */
  public static Resize exactly(int height, int width) {
    return new Resize(Mode.EXACT, height, width);
  }

  /** The extent that an image is scaled to. */
  Extent of(RgbImage image) {
    return switch (mode) {
      case NONE -> new Extent(image.height(), image.width());
      case EXACT -> new Extent(height, width);
      case COVER -> covering(image.height(), image.width());
    };
  }

  private Extent covering(long h, long w) {
    return w * height <= h * width
        ? new Extent(width * h / w, width)
        : new Extent(height, height * w / h);
  }

  /**
   * An extent in pixels: one side of it may be that of an image next to no pixels wide, scaled up.
   */
  record Extent(long height, long width) {}
}
