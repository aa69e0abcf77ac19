package dev.capstan.data;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.plugins.tiff.BaselineTIFFTagSet;
import javax.imageio.plugins.tiff.TIFFDirectory;
import javax.imageio.plugins.tiff.TIFFField;
import javax.imageio.stream.ImageOutputStream;

/** Image files with an EXIF orientation, as cameras write them. */
public final class OrientedFiles {
  private OrientedFiles() {}

  /** An EXIF block that says nothing but an orientation. */
  public static byte[] exif(int orientation, ByteOrder order) {
    ByteBuffer block = ByteBuffer.allocate(40).order(order);
    block.put((order == ByteOrder.LITTLE_ENDIAN ? "II" : "MM").getBytes(ISO_8859_1));
    block.putShort((short) 42).putInt(8).putShort((short) 2);
    block.putShort((short) 0x10f).putShort((short) 2).putInt(2).putInt(0);
    block.putShort((short) 0x112).putShort((short) 3).putInt(1).putShort((short) orientation);
    return block.array();
  }

  /** A JPEG file with the block put behind its start. */
  public static byte[] jpeg(byte[] plain, byte[] exif) {
    ByteBuffer file = ByteBuffer.allocate(plain.length + exif.length + 10);
    file.put(plain, 0, 2).putShort((short) 0xffe1).putShort((short) (exif.length + 8));
    file.put("Exif\0\0".getBytes(ISO_8859_1)).put(exif).put(plain, 2, plain.length - 2);
    return file.array();
  }

  /** A PNG file with the block put behind its header. */
  public static byte[] png(byte[] plain, byte[] exif) {
    int header = 8 + 25;
    CRC32 sum = new CRC32();
    sum.update("eXIf".getBytes(ISO_8859_1));
    sum.update(exif);
    ByteBuffer file = ByteBuffer.allocate(plain.length + exif.length + 12);
    file.put(plain, 0, header).putInt(exif.length).put("eXIf".getBytes(ISO_8859_1)).put(exif);
    file.putInt((int) sum.getValue()).put(plain, header, plain.length - header);
    return file.array();
  }

  /** A TIFF file that says so. */
  public static byte[] tiff(BufferedImage image, int orientation) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("tiff").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ImageOutputStream output = ImageIO.createImageOutputStream(bytes)) {
      TIFFDirectory tags =
          TIFFDirectory.createFromMetadata(
              writer.getDefaultImageMetadata(
                  ImageTypeSpecifier.createFromRenderedImage(image),
                  writer.getDefaultWriteParam()));
      tags.addTIFFField(
          new TIFFField(
              BaselineTIFFTagSet.getInstance().getTag(BaselineTIFFTagSet.TAG_ORIENTATION),
              orientation));
      writer.setOutput(output);
      writer.write(
          null, new IIOImage(image, null, tags.getAsMetadata()), writer.getDefaultWriteParam());
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  /** A WebP file in the extended format, of one in the simple format. */
  public static byte[] webp(byte[] plain, byte[] exif, int width, int height) {
    int image = plain.length - 12;
    ByteBuffer file = ByteBuffer.allocate(12 + 18 + image + 8 + exif.length);
    file.order(ByteOrder.LITTLE_ENDIAN);
    file.put("RIFF".getBytes(ISO_8859_1)).putInt(file.capacity() - 8);
    file.put("WEBPVP8X".getBytes(ISO_8859_1)).putInt(10).putInt(8);
    file.putShort((short) (width - 1)).put((byte) 0).putShort((short) (height - 1)).put((byte) 0);
    file.put(plain, 12, image).put("EXIF".getBytes(ISO_8859_1)).putInt(exif.length).put(exif);
    return file.array();
  }
}
