package dev.capstan.image;

/**
 * One axis of an antialiased bilinear resize.
 *
 * <p>Output o is the mean of the inputs under a triangle of half-width max(1, in/out) around (o +
 * 1/2) in/out, so that shrinking averages all pixels instead of picking some. Weights are fixed
 * point and each axis rounds to bytes, as in Pillow's {@code Resample.c}: each axis gives the same
 * bytes. Width comes first, which decides between neighbouring values where both axes change.
 */
final class Resampling {
  private static final int PRECISION = 22;
  private static final int HALF = 1 << (PRECISION - 1);

  /** First input that output o reads. */
  private final int[] first;

  /** Weights of the inputs that output o reads, in units of 2^-22. */
  private final int[][] weights;

  private Resampling(int in, int out) {
    first = new int[out];
    weights = new int[out][];
    double scale = (double) in / out;
    double support = Math.max(1, scale);
    for (int o = 0; o < out; o++) {
      double center = (o + 0.5) * scale;
      first[o] = Math.max(0, (int) (center - support + 0.5));
      int end = Math.min(in, (int) (center + support + 0.5));
      weights[o] = triangle(first[o] + 0.5 - center, end - first[o], support);
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

  /** The image scaled to {@code height} x {@code width}; itself if it has that extent. */
  static RgbImage bilinear(RgbImage image, int height, int width) {
    byte[] wide =
        new Resampling(image.width(), width)
            .along(image.pixels(), image.height(), image.width(), 3);
    byte[] pixels =
        new Resampling(image.height(), height).along(wide, 1, image.height(), width * 3);
    return new RgbImage(width, height, pixels);
  }

  /** Resamples the middle axis of an array of {@code outer} x {@code in} x {@code inner} bytes. */
  private byte[] along(byte[] source, int outer, int in, int inner) {
    int out = first.length;
    if (in == out) {
      return source;
    }
    byte[] target = new byte[Math.multiplyExact(Math.multiplyExact(outer, out), inner)];
    for (int a = 0; a < outer; a++) {
      for (int o = 0; o < out; o++) {
        mean(source, (a * in + first[o]) * inner, weights[o], target, (a * out + o) * inner, inner);
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
