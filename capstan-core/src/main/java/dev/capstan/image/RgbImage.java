package dev.capstan.image;

/** A decoded image. */
@SuppressWarnings("ArrayRecordComponent") // pixels are many: handed on, never copied or compared
public record RgbImage(int width, int height, byte[] pixels) {
  /**
   * The largest image that is decoded, in pixels: more than the largest cameras give, and less than
   * 1 GB on its way through a decoder.
   */
  public static final int MAX_PIXELS = 110_000_000;

  /**
   * An image over an array that nobody changes from now on.
   *
   * @param pixels height x width x 3 bytes: row by row, red, green and blue of each pixel
   */
  public RgbImage {
    if (width < 1 || height < 1 || pixels.length != 3L * width * height) {
      throw new IllegalArgumentException(
          "%d bytes for %d x %d pixels".formatted(pixels.length, width, height));
    }
  }

  /** Whether an image of this extent is one that is decoded. */
  public static boolean isPlausible(long width, long height) {
    return width > 0 && height > 0 && width * height <= MAX_PIXELS;
  }

  /** The part of {@code newHeight} x {@code newWidth} pixels that begins at (top, left). */
  RgbImage crop(int top, int left, int newHeight, int newWidth) {
    byte[] part = new byte[newHeight * newWidth * 3];
    for (int y = 0; y < newHeight; y++) {
      int from = ((top + y) * width + left) * 3;
      System.arraycopy(pixels, from, part, y * newWidth * 3, newWidth * 3);
    }
    return new RgbImage(newWidth, newHeight, part);
  }
}
