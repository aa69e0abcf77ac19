package dev.capstan.distance;

import java.util.Arrays;

/**
 * How far an output is from the original's, over images: {@code e = ||y' - y|| / ||y - mean y||},
 * norms over all images and elements, the mean over the images. 0 is the original, 1 is no better
 * than a constant. An output that is the same for all images is measured by {@code ||y||}. Where
 * the two have different lengths, as lists of what was detected have, what one lacks counts as 0.
 * Not thread-safe.
 */
public final class OutputError {
  /** Share of the norm below which variation is round-off. */
  private static final double CONSTANT = 1e-10;

  /** What stands for outputs that are no numbers, or differ where the original has zeros alone. */
  private static final double LARGEST = 1e9;

  /** Where the sums of the elements begin among all. */
  private static final int FIRST = 3;

  private double[] sums = {};
  private long images;
  private double squares;
  private double differences;

  /**
   * Takes the outputs of some images.
   *
   * @param original what it should be, of all images one after the other
   * @param found what it is, alike
   * @param count how many images
   */
  public void add(float[] original, float[] found, int count) {
    int length = original.length / count;
    int other = found.length / count;
    sums = Arrays.copyOf(sums, Math.max(sums.length, length));
    for (int image = 0; image < count; image++) {
      for (int i = 0; i < Math.max(length, other); i++) {
        double wanted = i < length ? original[image * length + i] : 0;
        double value = i < other ? found[image * other + i] : 0;
        squares += wanted * wanted;
        differences += (value - wanted) * (value - wanted);
        if (i < length) {
          sums[i] += wanted;
        }
      }
    }
    images += count;
  }

  /** What was taken so far, as numbers that add up: sums over some images and over others. */
  public double[] sums() {
    double[] all = new double[FIRST + sums.length];
    all[0] = images;
    all[1] = squares;
    all[2] = differences;
    System.arraycopy(sums, 0, all, FIRST, sums.length);
    return all;
  }

  /** Puts such numbers in place of what was taken so far. */
  public void set(double[] all) {
    images = Math.round(all[0]);
    squares = all[1];
    differences = all[2];
    sums = Arrays.copyOfRange(all, FIRST, all.length);
  }

  /** e of what was taken so far; a large number where an output is no number. */
  public double relative() {
    if (differences == 0) {
      return 0;
    }
    double error = Math.sqrt(differences / variation());
    return error <= LARGEST ? error : LARGEST;
  }

  /** {@code ||y - mean y||^2} of what was taken so far, {@code ||y||^2} where nothing varies. */
  public double variation() {
    double mean = Arrays.stream(sums).map(sum -> sum * sum).sum() / Math.max(1, images);
    double spread = squares - mean;
    return spread > CONSTANT * squares ? spread : squares;
  }
}
