package dev.capstan.image;

import java.util.Arrays;

/** A decoded image: red, green and blue, and alpha where the file has it. */
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
   * @param pixels height x width x 3 or 4 bytes: row by row, red, green, blue (and alpha) of each
   *     pixel
   */
  public RgbImage {
    long size = (long) width * height;
    if (width < 1 || height < 1 || (pixels.length != 3 * size && pixels.length != 4 * size)) {
      throw new IllegalArgumentException(
          "%d bytes for %d x %d pixels".formatted(pixels.length, width, height));
    }
  }

  /** The bytes of a pixel: 3, or 4 with alpha. */
  public int channels() {
    return pixels.length / (width * height);
  }

  /** The same with alpha, 255 where it had none; or without. */
  RgbImage withAlpha(boolean alpha) {
    int channels = alpha ? 4 : 3;
    if (channels == channels()) {
      return this;
    }
    byte[] changed = new byte[Math.multiplyExact(channels, width * height)];
    if (alpha) {
      Arrays.fill(changed, (byte) 255);
    }
    for (int from = 0, to = 0; from < pixels.length; from += channels(), to += channels) {
      System.arraycopy(pixels, from, changed, to, 3);
    }
    return new RgbImage(width, height, changed);
  }

  /** Whether an image of this extent is one that is decoded. */
  public static boolean isPlausible(long width, long height) {
    return width > 0 && height > 0 && width * height <= MAX_PIXELS;
  }

  /** The image in the middle of a larger one, which is opaque; an odd rest goes below or right. */
  RgbImage framed(int newHeight, int newWidth, byte border) {
    int channels = channels();
    byte[] frame = new byte[Math.multiplyExact(channels, newHeight * newWidth)];
    Arrays.fill(frame, border);
    for (int i = 3; channels == 4 && i < frame.length; i += channels) {
      frame[i] = (byte) 255;
    }
    int first = (newHeight - height) / 2 * newWidth + (newWidth - width) / 2;
    for (int y = 0; y < height; y++) {
      int to = (first + y * newWidth) * channels;
      System.arraycopy(pixels, y * width * channels, frame, to, width * channels);
    }
    return new RgbImage(newWidth, newHeight, frame);
  }

  /** The part of {@code newHeight} x {@code newWidth} pixels that begins at (top, left). */
  RgbImage crop(int top, int left, int newHeight, int newWidth) {
    int channels = channels();
    byte[] part = new byte[newHeight * newWidth * channels];
    for (int y = 0; y < newHeight; y++) {
      int from = ((top + y) * width + left) * channels;
      System.arraycopy(pixels, from, part, y * newWidth * channels, newWidth * channels);
    }
    return new RgbImage(newWidth, newHeight, part);
  }
}
