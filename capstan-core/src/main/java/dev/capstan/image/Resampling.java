package dev.capstan.image;

import java.io.IOException;
import java.util.stream.IntStream;

/**
 * One axis of an antialiased bilinear resize, as far as it is asked for.
 *
 * <p>Output o is the mean of the inputs under a triangle of half-width max(1, in/out) around (o +
 * 1/2) in/out, so that shrinking averages all pixels instead of picking some. Weights are fixed
 * point and each axis rounds to bytes, as in Pillow's {@code Resample.c}: each axis gives the same
 * bytes. Width comes first, which decides between neighbouring values where both axes change.
 */
final class Resampling {
  /**
   * What scaling one image may take on its way, in bytes. A photograph of 100 million pixels takes
   * a twentieth; only images that are next to no pixels high or wide come near.
   */
  static final long MAX_BYTES = 1 << 28;

  private static final int PRECISION = 22;
  private static final int HALF = 1 << (PRECISION - 1);

  /** First input that output o reads. */
  private final int[] first;

  /** Weights of the inputs that output o reads, in units of 2^-22. */
  private final int[][] weights;

  /**
   * The outputs wanted of an axis.
   *
   * @param extent of the whole axis when it is scaled
   * @param from the first output wanted
   * @param count of outputs wanted
   */
  record Part(long extent, long from, int count) {
    /** All of an axis. */
    static Part all(int extent) {
      return new Part(extent, 0, extent);
    }
  }

  private Resampling(int[] first, int[][] weights) {
    this.first = first;
    this.weights = weights;
  }

  private Resampling(int in, Part part) throws IOException {
    double scale = (double) in / part.extent;
    double support = Math.max(1, scale);
    check((long) (part.count * (2 * support + 2) * Integer.BYTES));
    first = new int[part.count];
    weights = new int[part.count][];
    for (int o = 0; o < part.count; o++) {
      double center = (part.from + o + 0.5) * scale;
      first[o] = Math.max(0, (int) (center - support + 0.5));
      int end = Math.min(in, (int) (center + support + 0.5));
      weights[o] = triangle(first[o] + 0.5 - center, end - first[o], support);
    }
  }

  private static void check(long bytes) throws IOException {
    if (bytes > MAX_BYTES) {
      throw new IOException(
          "to scale it takes %d MB, at most %d are given to one image"
              .formatted(bytes >> 20, MAX_BYTES >> 20));
    }
  }

  private static int[] triangle(double start, int count, double support) {
    double[] heights = new double[count];
    double sum = 0;
    for (int k = 0; k < count; k++) {
      heights[k] = Math.max(0, 1 - Math.abs((start + k) / support));
      sum += heights[k];
    }
    int[] fixed = new int[count];
    for (int k = 0; k < count; k++) {
      fixed[k] = (int) (0.5 + heights[k] / sum * (1 << PRECISION));
    }
    return fixed;
  }

  /**
   * Part of an image, scaled.
   *
   * @throws IOException if that takes more memory than {@link #MAX_BYTES}
   */
  static RgbImage bilinear(RgbImage image, Part down, Part across) throws IOException {
    Resampling rows = new Resampling(image.height(), down);
    Resampling columns = new Resampling(image.width(), across);
    int top = rows.first[0];
    int height = rows.end() - top;
    byte[] wide = columns.along(image.pixels(), top, height, image.width(), image.channels());
    byte[] pixels = rows.from(top).along(wide, 0, 1, height, across.count * image.channels());
    return new RgbImage(across.count, down.count, pixels);
  }

  /** The input after the last one that is read. */
  private int end() {
    int last = first.length - 1;
    return first[last] + weights[last].length;
  }

  /** The same where inputs are counted from this one on. */
  private Resampling from(int input) {
    return new Resampling(IntStream.of(first).map(i -> i - input).toArray(), weights);
  }

  /**
   * Resamples the middle axis of an array of so many x {@code in} x {@code inner} bytes, of whose
   * first axis {@code outer} entries from {@code start} on are wanted.
   */
  private byte[] along(byte[] source, int start, int outer, int in, int inner) throws IOException {
    int out = first.length;
    check((long) outer * out * inner);
    byte[] target = new byte[outer * out * inner];
    for (int a = 0; a < outer; a++) {
      for (int o = 0; o < out; o++) {
        int from = ((start + a) * in + first[o]) * inner;
        mean(source, from, weights[o], target, (a * out + o) * inner, inner);
      }
    }
    return target;
  }

  private static void mean(
      byte[] source, int from, int[] weights, byte[] target, int to, int inner) {
    for (int i = 0; i < inner; i++) {
      int sum = HALF;
      for (int k = 0; k < weights.length; k++) {
        sum += weights[k] * (source[from + k * inner + i] & 0xff);
      }
      target[to + i] = (byte) Math.min(255, sum >> PRECISION);
    }
  }
}
