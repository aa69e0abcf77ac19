package dev.capstan.recipe.stage;

import java.util.Arrays;

/**
 * What two networks say of images: the classes with the largest outputs, and how far these lie
 * apart.
 *
 * @param images their indices in the data set
 * @param original what the original gives each of them
 * @param network what the other network gives it
 * @param divergences of the other network's outputs from the original's, in nats
 */
@SuppressWarnings("ArrayRecordComponent") // handed on once, never copied or compared
public record Choices(int[] images, int[] original, int[] network, double[] divergences) {
  /**
   * The standard error of the difference of two mean divergences, of two networks on the same
   * images: {@code sd(d_i - e_i) / sqrt(n)}; what images have in common falls out.
   *
   * @return 0 where the images are not the same, or fewer than two
   */
  public double pairedError(Choices other) {
    int n = divergences.length;
    if (n < 2 || !Arrays.equals(images, other.images)) {
      return 0;
    }
    double[] differences = new double[n];
    Arrays.setAll(differences, i -> divergences[i] - other.divergences[i]);
    double mean = Arrays.stream(differences).average().orElse(0);
    double squares = Arrays.stream(differences).map(d -> (d - mean) * (d - mean)).sum();
    return Math.sqrt(squares / (n - 1) / n);
  }
}
