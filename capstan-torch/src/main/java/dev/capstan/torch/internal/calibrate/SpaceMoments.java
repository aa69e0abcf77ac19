package dev.capstan.torch.internal.calibrate;

import dev.capstan.space.Groups;
import dev.capstan.torch.internal.distributed.ProcessGroup;
import java.util.Arrays;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Second moments of a space's channels, of two sets of images: those that bases are solved for on,
 * and every fourth one, on which the ridge is judged.
 */
final class SpaceMoments {
  /** Relative to the mean of M's diagonal, ascending; the least where nothing tells. */
  private static final double[] RIDGES = {GreedySelection.RIDGE, 1e-4, 1e-3, 1e-2, 1e-1, 1};

  /** Beyond it products of several moments may be no numbers. */
  private static final double LARGEST = 1e60;

  /** Of what rebuilt channels are judged by: outputs that few images show hang on more than G. */
  private static final double READERS = 0.02;

  private final int width;
  private final boolean isRebuilt;
  private final double[] readers;
  private final double[] fitted;
  private final double[] leftOut;
  private final double[] judging;
  private final double[] energies;
  private final double[] gradients;
  private double ridge = Double.NaN;

  /**
   * Of no images yet.
   *
   * @param width n
   * @param readers A, n x n: the Gram matrix of what reads the space
   * @param isRebuilt whether channels are rebuilt from those that are kept
   */
  SpaceMoments(int width, double[] readers, boolean isRebuilt) {
    this.width = width;
    this.isRebuilt = isRebuilt;
    this.readers = readers;
    this.fitted = new double[readers.length];
    this.leftOut = new double[readers.length];
    this.judging = new double[readers.length];
    this.energies = new double[width];
    this.gradients = new double[readers.length];
  }

  /**
   * Adds moments to solve on: of images that are left out of it as long as a ridge is judged.
   *
   * @param share what they are multiplied by
   */
  void add(float[] sums, double share, boolean isLeftOut) {
    add(isLeftOut ? leftOut : fitted, sums, share);
  }

  /** Adds moments of what the readers read. */
  void read(float[] sums, boolean isLeftOut) {
    for (int c = 0; c < width; c++) {
      energies[c] += sums[c * (width + 1)];
    }
    if (isLeftOut) {
      add(judging, sums, 1);
    }
  }

  /**
   * Puts moments over all processes in the place of this one's, matrix by matrix: a wide space's
   * take 32 MB each.
   */
  void total(ProcessGroup group) {
    Stream.of(fitted, leftOut, judging, energies).forEach(group::sum);
  }

  /** The same of the gradients. */
  void totalGradients(ProcessGroup group) {
    group.sum(gradients);
  }

  /** Adds moments of the outputs' gradients where the readers read. */
  void addGradients(float[] sums) {
    add(gradients, sums, 1);
  }

  /** Whether all are numbers that can be multiplied with each other. */
  boolean isSound() {
    return Stream.of(readers, fitted, leftOut, judging, energies)
        .flatMapToDouble(Arrays::stream)
        .allMatch(moment -> Math.abs(moment) < LARGEST);
  }

  /** Adds element by element. */
  static void add(double[] to, float[] more, double share) {
    for (int i = 0; i < to.length; i++) {
      to[i] += share * more[i];
    }
  }

  /** The diagonal of a square matrix, row-major. */
  static double[] diagonal(double[] square) {
    int width = (int) Math.round(Math.sqrt(square.length));
    double[] diagonal = new double[width];
    Arrays.setAll(diagonal, c -> square[c * (width + 1)]);
    return diagonal;
  }

  /** The diagonal of the moments of what is read, summed over images. */
  double[] energies() {
    return energies;
  }

  /** A. */
  double[] readers() {
    return readers;
  }

  /**
   * What rebuilt channels are judged by: {@code A / tr(A M) + 49 G / tr(G M)}, in A's units; A
   * alone where no gradients were seen.
   */
  double[] weights() {
    double own = product(readers);
    double behind = product(gradients);
    if (!isRebuilt || !(own > 0) || !(behind > 0) || behind > LARGEST) {
      return readers;
    }
    double factor = (1 - READERS) * own / behind;
    double[] weights = new double[readers.length];
    Arrays.setAll(weights, i -> READERS * readers[i] + factor * gradients[i]);
    return weights;
  }

  /** {@code tr(Q M)}, M summed over images. */
  private double product(double[] weights) {
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      sum += weights[i] * (fitted[i] + leftOut[i]);
    }
    return sum;
  }

  /** G, summed over the images seen. */
  double[] gradients() {
    return gradients;
  }

  /** The moments of all images, M, n x n. */
  double[] mean(long images) {
    double[] mean = new double[fitted.length];
    Arrays.setAll(mean, i -> (fitted[i] + leftOut[i]) / images);
    return mean;
  }

  /**
   * The ridge by which channels are rebuilt best on images left out, {@code tr(A (I - D E^T) M (I -
   * D E^T)^T)} at half of the width.
   */
  double ridge() {
    if (Double.isNaN(ridge)) {
      ridge = isRebuilt && !isZero(judging) ? judged() : RIDGES[0];
    }
    return ridge;
  }

  private static boolean isZero(double[] matrix) {
    return Arrays.stream(matrix).allMatch(x -> x == 0);
  }

  private double judged() {
    double[] weights = weights();
    int[] half =
        new GreedySelection(width, fitted, weights, RIDGES[0], Groups.NONE)
            .to((width + 1) / 2)
            .order();
    double best = Double.POSITIVE_INFINITY;
    double found = RIDGES[0];
    for (double tried : RIDGES) {
      Rebuilding rebuilding = Rebuilding.of(fitted, half, tried);
      double error = rebuilding == null ? Double.NaN : rebuilding.error(judging, weights);
      if (error < best) {
        best = error;
        found = tried;
      }
    }
    return found;
  }

  /** The basis that selects some channels and rebuilds the others by least squares, if any. */
  @Nullable Rebuilding rebuilding(int[] channels, long images) {
    return Rebuilding.of(mean(images), channels, ridge());
  }
}
