package dev.capstan.data;

import dev.capstan.image.file.Inks;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.IOException;

/**
 * The samples of a picture as they are stored, in bytes: Java2D's conversion of gray and of colour
 * profiles changes values.
 *
 * @param bands samples a pixel
 * @param bytes height x width x bands bytes
 */
@SuppressWarnings("ArrayRecordComponent") // handed on once, never copied or compared
record Samples(int bands, byte[] bytes) {
  /** Scales what has fewer than 8 bits, cuts what has more. */
  static Samples of(Raster raster) throws IOException {
    if (raster.getTransferType() > DataBuffer.TYPE_INT) {
      throw new IOException("samples that are no whole numbers");
    }
    int bands = raster.getNumBands();
    int width = raster.getWidth();
    byte[] bytes = new byte[Math.multiplyExact(bands * width, raster.getHeight())];
    int[] row = new int[bands * width];
    for (int y = 0, to = 0; y < raster.getHeight(); y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      for (int i = 0; i < row.length; i++) {
        bytes[to++] = eightBits(row[i], raster.getSampleModel().getSampleSize(i % bands));
      }
    }
    return new Samples(bands, bytes);
  }

  private static byte eightBits(int value, int bits) {
    int most = (1 << bits) - 1;
    return (byte) (bits >= 8 ? value >> (bits - 8) : (255 * value + most / 2) / most);
  }

  /** Red, green and blue of a picture, and alpha where it has it: 3 or 4 bytes a pixel. */
  static byte[] rgb(BufferedImage image) throws IOException {
    ColorModel model = image.getColorModel();
    if (model instanceof IndexColorModel) {
      return colours(image);
    }
    Samples samples = of(image.getRaster());
    return model.getColorSpace().getType() == ColorSpace.TYPE_CMYK
        ? Inks.light(samples.complement().bytes, false)
        : samples.spread(model.hasAlpha());
  }

  private static byte[] colours(BufferedImage image) {
    int[] packed =
        image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    int channels = image.getColorModel().hasAlpha() ? 4 : 3;
    byte[] rgb = new byte[channels * packed.length];
    for (int i = 0, to = 0; i < packed.length; i++, to += channels) {
      rgb[to] = (byte) (packed[i] >> 16);
      rgb[to + 1] = (byte) (packed[i] >> 8);
      rgb[to + 2] = (byte) packed[i];
      if (channels == 4) {
        rgb[to + 3] = (byte) (packed[i] >>> 24);
      }
    }
    return rgb;
  }

  /** Inks as the light that they let through. */
  private Samples complement() {
    byte[] light = new byte[bytes.length];
    for (int i = 0; i < light.length; i++) {
      light[i] = (byte) ~bytes[i];
    }
    return new Samples(bands, light);
  }

  /** Gray becomes all three colours; what comes after colours and alpha is left out. */
  private byte[] spread(boolean alpha) {
    int channels = alpha ? 4 : 3;
    int step = bands < 3 ? 0 : 1;
    byte[] rgb = new byte[channels * (bytes.length / bands)];
    for (int from = 0, to = 0; from < bytes.length; from += bands, to += channels) {
      for (int c = 0; c < 3; c++) {
        rgb[to + c] = bytes[from + c * step];
      }
      if (alpha) {
        rgb[to + 3] = bytes[from + 2 * step + 1];
      }
    }
    return rgb;
  }
}
