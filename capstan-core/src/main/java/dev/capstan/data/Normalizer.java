package dev.capstan.data;

import dev.capstan.image.Augmentation.Placement;
import dev.capstan.image.Preprocessing;
import dev.capstan.image.Preprocessing.AxisOrder;
import dev.capstan.image.Preprocessing.ChannelOrder;
import dev.capstan.image.Preprocessing.Range;

/** Writes images of bytes into a batch of normalised floats, through a table for each channel. */
public final class Normalizer {
  private final int height;
  private final int width;
  private final int channels;
  private final boolean reversed;
  private final int channelStride;
  private final int pixelStride;
  private final float[][] tables;

  public Normalizer(Preprocessing preprocessing) {
    height = preprocessing.height();
    width = preprocessing.width();
    channels = preprocessing.channels();
    reversed = preprocessing.channelOrder() == ChannelOrder.BGR;
    boolean planes = preprocessing.layout() == AxisOrder.NCHW;
    channelStride = planes ? height * width : 1;
    pixelStride = planes ? 1 : channels;
    tables = new float[channels][256];
    double scale = preprocessing.range() == Range.ZERO_TO_ONE ? 1 / 255.0 : 1;
    for (int c = 0; c < channels; c++) {
      for (int value = 0; value < 256; value++) {
        tables[c][value] =
            (float) ((value * scale - preprocessing.mean().get(c)) / preprocessing.std().get(c));
      }
    }
  }

  /**
   * Writes one image.
   *
   * @param pixels height x width x 3 bytes, or 4 where the network takes alpha
   * @param place what to take of it; what lies outside the image is mirrored at its edge, what is
   *     erased is 0
   * @param target takes the image, from {@code offset} on
   */
  public void write(byte[] pixels, Placement place, float[] target, int offset) {
    byte[] source = channels == 1 ? luma(pixels) : pixels;
    int[] columns = columns(place);
    for (int y = 0; y < height; y++) {
      int row = mirrored(y + place.down(), height) * width;
      for (int c = 0; c < channels; c++) {
        int to = offset + c * channelStride + y * width * pixelStride;
        writeRow(source, row * channels + stored(c), columns, tables[c], target, to);
      }
    }
    erase(place.hole(), target, offset);
  }

  /** Where in a row of an image each pixel of the window's row stands. */
  private int[] columns(Placement place) {
    int[] columns = new int[width];
    for (int x = 0; x < width; x++) {
      int column = mirrored(x + place.right(), width);
      columns[x] = (place.flipped() ? width - 1 - column : column) * channels;
    }
    return columns;
  }

  /** A place on an axis that goes on as its mirror image beyond both ends, again and again. */
  private static int mirrored(int at, int extent) {
    if (at >= 0 && at < extent) {
      return at;
    }
    int period = Math.max(1, 2 * (extent - 1));
    int there = Math.floorMod(at, period);
    return Math.min(there, period - there);
  }

  /** Where the network's channel c stands in an image: alpha stays last. */
  private int stored(int c) {
    return reversed && channels > 1 && c < 3 ? 2 - c : c;
  }

  private void erase(Placement.Square hole, float[] target, int offset) {
    for (int y = hole.top(); y < hole.top() + hole.side(); y++) {
      for (int x = hole.left(); x < hole.left() + hole.side(); x++) {
        for (int c = 0; c < channels; c++) {
          target[offset + c * channelStride + (y * width + x) * pixelStride] = 0;
        }
      }
    }
  }

  private void writeRow(
      byte[] source, int row, int[] columns, float[] table, float[] target, int to) {
    for (int x = 0; x < width; x++) {
      target[to + x * pixelStride] = table[source[row + columns[x]] & 0xff];
    }
  }

  /** ITU-R 601 luma in fixed point, as Pillow rounds it. */
  private static byte[] luma(byte[] rgb) {
    byte[] gray = new byte[rgb.length / 3];
    for (int i = 0; i < gray.length; i++) {
      int r = rgb[3 * i] & 0xff;
      int g = rgb[3 * i + 1] & 0xff;
      int b = rgb[3 * i + 2] & 0xff;
      gray[i] = (byte) ((r * 19595 + g * 38470 + b * 7471 + 0x8000) >> 16);
    }
    return gray;
  }
}
