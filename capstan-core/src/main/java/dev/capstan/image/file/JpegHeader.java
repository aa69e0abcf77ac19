package dev.capstan.image.file;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What the markers of a JPEG file say (ITU-T T.81, annex B).
 *
 * <p>Read before a decoder is called, since libjpeg fills what is missing of a file with gray, and
 * complains on stderr.
 *
 * @param width extent in pixels
 * @param height the same down
 * @param components 1 is gray, 3 is colour, 4 is CMYK
 * @param luminance whether Adobe's marker says that colours are stored as luminance and chrominance
 * @param exif the EXIF block, empty without one
 */
public record JpegHeader(
    int width, int height, int components, boolean luminance, ByteBuffer exif) {
  private static final int START = 0xd8;
  private static final int END = 0xd9;
  private static final int SCAN = 0xda;

  /** A decoder goes over all pixels once a scan; progressive files have some ten. */
  private static final int MOST_SCANS = 100;

  private static final int APP1 = 0xe1;
  private static final int APP14 = 0xee;

  /** Bytes from the length of a segment to the transform in Adobe's marker. */
  private static final int TRANSFORM = 13;

  /** Whether bytes begin as a JPEG file does. */
  public static boolean isJpeg(byte[] bytes) {
    return bytes.length > 3 && isMarker(bytes, 0, START) && bytes[2] == (byte) 0xff;
  }

  /**
   * Walks from marker to marker up to the first scan, then looks for the end.
   *
   * @throws IOException if the file is cut short, has no frame, or more scans than anyone writes
   */
  public static JpegHeader read(byte[] bytes) throws IOException {
    int frame = 0;
    boolean luminance = false;
    ByteBuffer exif = ByteBuffer.allocate(0);
    int at = 2;
    while (at + 9 < bytes.length && !isMarker(bytes, at, SCAN)) {
      if (isFrame(bytes, at)) {
        frame = at;
      } else if (begins(bytes, at, APP14, "Adobe")) {
        luminance = at + 2 + TRANSFORM < bytes.length && bytes[at + 2 + TRANSFORM] != 0;
      } else if (begins(bytes, at, APP1, "Exif\0\0")) {
        exif = block(bytes, at + 10, at + 2 + word(bytes, at + 2));
      }
      // A marker may be padded with more bytes of ones.
      at += bytes[at + 1] == (byte) 0xff ? 1 : 2 + word(bytes, at + 2);
    }
    int scans = scans(bytes, at);
    if (frame == 0 || scans == 0) {
      throw new IOException("JPEG file is cut short or damaged");
    }
    if (scans > MOST_SCANS) {
      throw new IOException(
          "JPEG file of %d scans or more, expected %d at most".formatted(scans, MOST_SCANS));
    }
    return new JpegHeader(
        word(bytes, frame + 7), word(bytes, frame + 5), bytes[frame + 9] & 0xff, luminance, exif);
  }

  /** Start of frame: C0 to CF but for the three that are tables. */
  private static boolean isFrame(byte[] bytes, int at) {
    int marker = bytes[at + 1] & 0xff;
    boolean table = marker == 0xc4 || marker == 0xc8 || marker == 0xcc;
    return bytes[at] == (byte) 0xff && (marker & 0xf0) == 0xc0 && !table;
  }

  private static boolean begins(byte[] bytes, int at, int marker, String words) {
    int from = at + 4;
    return isMarker(bytes, at, marker)
        && from + words.length() <= bytes.length
        && new String(bytes, from, words.length(), ISO_8859_1).equals(words);
  }

  private static ByteBuffer block(byte[] bytes, int from, int to) {
    return ByteBuffer.wrap(bytes, from, Math.max(0, Math.min(to, bytes.length) - from)).slice();
  }

  /**
   * The number of scans up to the end's marker, or one more than there may be; 0 if there is no
   * end. Within a scan no data can look like a marker.
   */
  private static int scans(byte[] bytes, int from) {
    int scans = 0;
    for (int at = from; at < bytes.length - 1; at++) {
      if (isMarker(bytes, at, END)) {
        return scans;
      }
      scans += isMarker(bytes, at, SCAN) ? 1 : 0;
      if (scans > MOST_SCANS) {
        return scans;
      }
    }
    return 0;
  }

  private static boolean isMarker(byte[] bytes, int at, int marker) {
    return bytes[at] == (byte) 0xff && bytes[at + 1] == (byte) marker;
  }

  private static int word(byte[] bytes, int at) {
    return (bytes[at] & 0xff) << 8 | (bytes[at + 1] & 0xff);
  }
}
