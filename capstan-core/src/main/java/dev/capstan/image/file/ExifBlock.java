package dev.capstan.image.file;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The EXIF block of a file: tags in the structure of TIFF, wherever the file's format keeps them.
 *
 * @param bytes the block; empty without one
 */
record ExifBlock(ByteBuffer bytes) {
  private static final ExifBlock NONE = new ExifBlock(ByteBuffer.allocate(0));
  private static final int ORIENTATION = 0x112;
  private static final int SHORT = 3;
  private static final int ENTRY = 12;

  /** Finds it in an encoded image. */
  static ExifBlock of(byte[] encoded) throws IOException {
    ByteBuffer file = ByteBuffer.wrap(encoded);
    if (ImageFormat.JPEG.matches(encoded)) {
      return new ExifBlock(JpegHeader.read(encoded).exif());
    }
    if (ImageFormat.PNG.matches(encoded)) {
      return chunk(file, 8, "eXIf");
    }
    if (ImageFormat.WEBP.matches(encoded)) {
      return chunk(file.order(ByteOrder.LITTLE_ENDIAN), 12, "EXIF");
    }
    return ImageFormat.TIFF.matches(encoded) ? new ExifBlock(file) : NONE;
  }

  /** Looks in the chunks of PNG: length, name, content, checksum; or of RIFF: name, length. */
  private static ExifBlock chunk(ByteBuffer file, int from, String wanted) {
    boolean png = file.order() == ByteOrder.BIG_ENDIAN;
    long at = from;
    while (at + 8 <= file.limit()) {
      int start = (int) at;
      long length = file.getInt(png ? start : start + 4) & 0xffffffffL;
      if (length > file.limit() - start - 8) {
        return NONE;
      }
      if (text(file, png ? start + 4 : start, 4).equals(wanted)) {
        return new ExifBlock(file.slice(start + 8, (int) length));
      }
      at += 8 + length + (png ? 4 : length % 2);
    }
    return NONE;
  }

  private static String text(ByteBuffer file, int from, int length) {
    byte[] letters = new byte[length];
    file.get(from, letters);
    return new String(letters, ISO_8859_1);
  }

  /** The value of the tag, 0 where the block has none that makes sense. */
  int orientation() {
    // WebP files of some writers keep the prefix that JPEG asks for.
    int prefix = bytes.limit() > 6 && text(bytes, 0, 6).equals("Exif\0\0") ? 6 : 0;
    ByteBuffer tiff = bytes.slice(prefix, bytes.limit() - prefix);
    if (tiff.limit() < 8) {
      return 0;
    }
    tiff.order(tiff.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    long directory = tiff.getInt(4) & 0xffffffffL;
    return directory > tiff.limit() - 2 ? 0 : orientation(tiff, (int) directory);
  }

  private static int orientation(ByteBuffer tiff, int directory) {
    int entries = tiff.getShort(directory) & 0xffff;
    for (int i = 0; i < entries; i++) {
      int at = directory + 2 + i * ENTRY;
      if (at + ENTRY > tiff.limit()) {
        return 0;
      }
      if ((tiff.getShort(at) & 0xffff) == ORIENTATION) {
        return tiff.getShort(at + 2) == SHORT
            ? tiff.getShort(at + 8) & 0xffff
            : tiff.getInt(at + 8);
      }
    }
    return 0;
  }
}
