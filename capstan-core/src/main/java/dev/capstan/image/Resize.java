package dev.capstan.image;

import dev.capstan.error.InvalidInputException;

/**
 * How an image is scaled before it is cropped.
 *
 * @param mode the rule
 * @param height extent it aims at, in pixels; 0 with {@link Mode#NONE}
 * @param width the same across
 * @param border value of what surrounds the image in each channel, with {@link Mode#LETTERBOX}
 */
public record Resize(Mode mode, int height, int width, int border) {
  /** No scaling. */
  public static final Resize NONE = new Resize(Mode.NONE, 0, 0, 0);

  /** The rules. */
  public enum Mode {
    /** Images stay as they are. */
    NONE,
    /** The proportions stay: the image just covers height x width. */
    COVER,
    /** The image becomes height x width. */
    EXACT,
    /** The proportions stay: the image just fits into height x width, a border fills the rest. */
    LETTERBOX
  }

  /** Checks the extents. */
  public Resize {
    if (mode != Mode.NONE && (height < 1 || width < 1)) {
      throw new InvalidInputException(
          "images cannot be resized to " + height + "x" + width + ": give positive numbers");
    }
    if (border < 0 || border > 255) {
      throw new InvalidInputException("border of " + border + ": give a number from 0 to 255");
    }
  }

  /** Scales the shorter side to {@code size} pixels and keeps the proportions. */
  public static Resize shorterSide(int size) {
    return covering(size, size);
  }

  /** Scales until the image just covers {@code height} x {@code width} pixels. */
  public static Resize covering(int height, int width) {
    return new Resize(Mode.COVER, height, width, 0);
  }

  /** Scales until the image just fits into {@code height} x {@code width} pixels. */
  public static Resize letterbox(int height, int width, int border) {
    return new Resize(Mode.LETTERBOX, height, width, border);
  }

  /** Scales to {@code height} x {@code width} pixels. */
  public static Resize exactly(int height, int width) {
    return new Resize(Mode.EXACT, height, width, 0);
  }

  /** The extent that an image is scaled to. */
  Extent of(RgbImage image) {
    return switch (mode) {
      case NONE -> new Extent(image.height(), image.width());
      case EXACT -> new Extent(height, width);
      case COVER -> cover(image.height(), image.width());
      case LETTERBOX -> fitting(image.height(), image.width());
    };
  }

  private Extent cover(long h, long w) {
    return w * height <= h * width
        ? new Extent(width * h / w, width)
        : new Extent(height, height * w / h);
  }

  /** Rounded to the next pixel, of which at least one is left. */
  private Extent fitting(double h, double w) {
    double scale = Math.min(height / h, width / w);
    return new Extent(Math.max(1, Math.round(h * scale)), Math.max(1, Math.round(w * scale)));
  }

  /**
   * An extent in pixels: one side of it may be that of an image next to no pixels wide, scaled up.
   */
  record Extent(long height, long width) {}
}
