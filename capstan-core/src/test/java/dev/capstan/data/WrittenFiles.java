package dev.capstan.data;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/** Files of pictures as cameras, scanners and programs write them. */
public final class WrittenFiles {
  private WrittenFiles() {}

  /** A picture of colours. */
  public static BufferedImage colours(int[][] gray) {
    return filled(new BufferedImage(gray[0].length, gray.length, BufferedImage.TYPE_INT_RGB), gray);
  }

  /** The same with alpha, opaque. */
  public static BufferedImage alpha(int[][] gray) {
    return filled(
        new BufferedImage(gray[0].length, gray.length, BufferedImage.TYPE_INT_ARGB), gray);
  }

  private static BufferedImage filled(BufferedImage image, int[][] gray) {
    for (int y = 0; y < gray.length; y++) {
      for (int x = 0; x < gray[y].length; x++) {
        image.setRGB(x, y, 0xff000000 | gray[y][x] * 0x10101);
      }
    }
    return image;
  }

  /** One channel of 8 or 16 bits. */
  public static BufferedImage gray(int[][] gray, int bits) {
    int type = bits == 8 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_USHORT_GRAY;
    BufferedImage image = new BufferedImage(gray[0].length, gray.length, type);
    fill(image.getRaster(), gray, bits == 8 ? 1 : 257, 1);
    return image;
  }

  /** One channel and alpha, opaque. */
  public static BufferedImage grayWithAlpha(int[][] gray) {
    ComponentColorModel model =
        new ComponentColorModel(
            ColorSpace.getInstance(ColorSpace.CS_GRAY), true, false, 3, DataBuffer.TYPE_BYTE);
    WritableRaster raster = model.createCompatibleWritableRaster(gray[0].length, gray.length);
    fill(raster, gray, 1, 1);
    return new BufferedImage(model, raster, false, null);
  }

  /** Numbers of colours in a table whose order is not that of brightness. */
  public static BufferedImage palette(int[][] gray) {
    byte[] table = new byte[256];
    int[][] numbers = new int[gray.length][gray[0].length];
    for (int i = 0; i < 256; i++) {
      table[i] = (byte) (77 * i);
    }
    for (int y = 0; y < gray.length; y++) {
      int[] row = gray[y];
      // 77 * 133 is 1 modulo 256.
      Arrays.setAll(numbers[y], x -> 133 * row[x] & 255);
    }
    IndexColorModel model = new IndexColorModel(8, 256, table, table, table);
    BufferedImage image =
        new BufferedImage(gray[0].length, gray.length, BufferedImage.TYPE_BYTE_INDEXED, model);
    fill(image.getRaster(), numbers, 1, 1);
    return image;
  }

  /** Sets the first bands, and all others to the most. */
  private static void fill(WritableRaster raster, int[][] gray, int factor, int bands) {
    for (int y = 0; y < gray.length; y++) {
      for (int x = 0; x < gray[y].length; x++) {
        for (int band = 0; band < raster.getNumBands(); band++) {
          raster.setSample(x, y, band, band < bands ? factor * gray[y][x] : 255);
        }
      }
    }
  }

  /** The file of a picture in a format that Java writes. */
  public static byte[] encoded(BufferedImage image, String format) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    if (!ImageIO.write(image, format, bytes)) {
      throw new IOException("no writer for this kind of picture in " + format);
    }
    return bytes.toByteArray();
  }

  /** A JPEG file that shows more of itself the more of it has come. */
  public static byte[] progressive(BufferedImage image) throws IOException {
    return jpeg(new IIOImage(image, null, null), ImageWriteParam.MODE_DEFAULT);
  }

  /** A JPEG file of the inks of a picture, as light: what black leaves of it is all. */
  public static byte[] inks(int[][] gray) throws IOException {
    WritableRaster raster =
        Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, gray[0].length, gray.length, 4, null);
    fill(raster, gray, 1, 3);
    return inks(raster, 0);
  }

  /**
   * The JPEG file of a raster of four bands, with Adobe's marker.
   *
   * @param transform 2 where three of them are luminance and chrominance
   */
  public static byte[] inks(WritableRaster raster, int transform) throws IOException {
    byte[] plain = jpeg(new IIOImage(raster, null, null), ImageWriteParam.MODE_DISABLED);
    ByteBuffer file = ByteBuffer.allocate(plain.length + 16);
    file.put(plain, 0, 2).putShort((short) 0xffee).putShort((short) 14);
    file.put(new byte[] {'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, (byte) transform});
    return file.put(plain, 2, plain.length - 2).array();
  }

  private static byte[] jpeg(IIOImage image, int progressive) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpg").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ImageOutputStream output = ImageIO.createImageOutputStream(bytes)) {
      ImageWriteParam how = writer.getDefaultWriteParam();
      how.setProgressiveMode(progressive);
      writer.setOutput(output);
      writer.write(null, image, how);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }
}
