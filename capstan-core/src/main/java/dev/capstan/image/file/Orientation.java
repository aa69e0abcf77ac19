package dev.capstan.image.file;

import dev.capstan.image.RgbImage;
import java.io.IOException;

/**
 * How a stored picture is turned or mirrored before people see it: EXIF's tag 0x0112, as cameras
 * write it into JPEG, PNG, WebP and TIFF files.
 *
 * @param tag 1 as it is; 2 mirrored left to right; 3 upside down; 4 mirrored top to bottom; 5
 *     mirrored at the diagonal; 6 to be turned clockwise; 7 mirrored at the other diagonal; 8 to be
 *     turned counterclockwise
 */
public record Orientation(int tag) {
  /** Pictures that are stored as they are seen. */
  private static final Orientation PLAIN = new Orientation(1);

  /** What a file says; as it is where it says nothing that makes sense. */
  public static Orientation of(byte[] encoded) throws IOException {
    int tag = ExifBlock.of(encoded).orientation();
    return tag < 2 || tag > 8 ? PLAIN : new Orientation(tag);
  }

  /** The picture as people see it. */
  public RgbImage apply(RgbImage stored) {
    if (tag == 1) {
      return stored;
    }
    int w = stored.width();
    int h = stored.height();
    boolean swapped = tag > 4;
    // Along the stored rows and columns, as seen: from the far side where they are reversed.
    int row = w * sign(tag == 3 || tag == 4 || tag == 6 || tag == 7);
    int column = sign(tag == 2 || tag == 3 || tag == 7 || tag == 8);
    int first = (row < 0 ? (h - 1) * w : 0) + (column < 0 ? w - 1 : 0);
    return swapped
        ? moved(stored, first, h, w, new int[] {column, row})
        : moved(stored, first, w, h, new int[] {row, column});
  }

  private static int sign(boolean reversed) {
    return reversed ? -1 : 1;
  }

  /** Takes pixels from a first one on, by steps down and right. */
  private static RgbImage moved(RgbImage stored, int first, int width, int height, int[] steps) {
    int channels = stored.channels();
    byte[] from = stored.pixels();
    byte[] to = new byte[from.length];
    for (int y = 0, at = 0; y < height; y++) {
      for (int x = 0; x < width; x++, at += channels) {
        System.arraycopy(from, channels * (first + y * steps[0] + x * steps[1]), to, at, channels);
      }
    }
    return new RgbImage(width, height, to);
  }
}
