package dev.capstan.torch.internal.images;

import java.io.IOException;

/**
 * What the markers of a JPEG file say (ITU-T T.81, annex B).
 *
 * <p>Read before libjpeg is called, since libjpeg fills what is missing of a file with gray, and
 * complains on stderr.
 *
 * @param width extent in pixels
 * @param height the same down
 * @param components 1 is gray, 3 is colour, 4 is CMYK
 */
record JpegFile(int width, int height, int components) {
  private static final int START = 0xd8;
  private static final int END = 0xd9;
  private static final int SCAN = 0xda;

  /** Whether bytes begin as a JPEG file does. */
  static boolean isJpeg(byte[] bytes) {
    return bytes.length > 3 && isMarker(bytes, 0, START) && bytes[2] == (byte) 0xff;
  }

  /**
   * Walks from marker to marker up to the first scan, then looks for the end.
   *
   * @throws IOException if the file is cut short or has no frame
   */
  static JpegFile read(byte[] bytes) throws IOException {
    JpegFile frame = null;
    int at = 2;
    while (at + 9 < bytes.length && !isMarker(bytes, at, SCAN)) {
      if (isFrame(bytes, at)) {
        frame = new JpegFile(word(bytes, at + 7), word(bytes, at + 5), bytes[at + 9] & 0xff);
      }
      // A marker may be padded with more bytes of ones.
      at += bytes[at + 1] == (byte) 0xff ? 1 : 2 + word(bytes, at + 2);
    }
    if (frame == null || !ends(bytes, at)) {
      throw new IOException("JPEG file is cut short or damaged");
    }
    return frame;
  }

  /** Start of frame: C0 to CF but for the three that are tables. */
  private static boolean isFrame(byte[] bytes, int at) {
    int marker = bytes[at + 1] & 0xff;
    boolean table = marker == 0xc4 || marker == 0xc8 || marker == 0xcc;
    return bytes[at] == (byte) 0xff && (marker & 0xf0) == 0xc0 && !table;
  }

  /** Whether the end's marker comes: within a scan no data can look like it. */
  private static boolean ends(byte[] bytes, int from) {
    for (int at = from; at < bytes.length - 1; at++) {
      if (isMarker(bytes, at, END)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isMarker(byte[] bytes, int at, int marker) {
    return bytes[at] == (byte) 0xff && bytes[at + 1] == (byte) marker;
  }

  private static int word(byte[] bytes, int at) {
    return (bytes[at] & 0xff) << 8 | (bytes[at + 1] & 0xff);
  }
}
