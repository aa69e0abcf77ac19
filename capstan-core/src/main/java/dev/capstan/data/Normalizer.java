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
   * @param place what to take of it; what lies outside the image or is erased stays 0
   * @param target zeros, from {@code offset} on
   */
  public void write(byte[] pixels, Placement place, float[] target, int offset) {
    byte[] source = channels == 1 ? luma(pixels) : pixels;
    for (int y = Math.max(0, -place.down()); y < Math.min(height, height - place.down()); y++) {
      for (int c = 0; c < channels; c++) {
        int channel = stored(c);
        int to = offset + c * channelStride + y * width * pixelStride;
        writeRow(source, (y + place.down()) * width, channel, place, tables[c], target, to);
      }
    }
    erase(place.hole(), target, offset);
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
      byte[] source, int row, int channel, Placement place, float[] table, float[] target, int to) {
    int first = Math.max(0, -place.right());
    int end = Math.min(width, width - place.right());
    int x = first + place.right();
    int from = (row + (place.flipped() ? width - 1 - x : x)) * channels + channel;
    int step = place.flipped() ? -channels : channels;
    for (int i = first; i < end; i++) {
      target[to + i * pixelStride] = table[source[from] & 0xff];
      from += step;
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
