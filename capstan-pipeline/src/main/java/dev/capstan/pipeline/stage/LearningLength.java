package dev.capstan.pipeline.stage;

import dev.capstan.cost.Cost;
import dev.capstan.graph.Graph;
import dev.capstan.job.BasisOptions;

/**
 * How long bases are learned: as many views as are asked for, else as suit the number of images and
 * a budget of forward runs buys.
 *
 * @param images views in all
 * @param batch images a step
 * @param forwardRuns what it costs, in forward runs of one image through the original
 */
record LearningLength(int images, int batch, double forwardRuns) {
  private static final int MOST_BATCH = 32;

  /** Bytes that the activations of a batch may take. */
  private static final double MEMORY = 6e9;

  /**
   * What suits a network.
   *
   * @param kept share of the multiply-accumulates that is left
   * @param runs that it may cost where no number of views is asked for
   * @param stretch by what more may be done than suits, at least 1
   * @param available images that there are, at least one
   */
  static LearningLength of(
      Graph original,
      BasisOptions options,
      double kept,
      double runs,
      double stretch,
      int available) {
    return of(options, kept, runs, stretch, available, MEMORY / activations(original, kept));
  }

  /** The same as far as so many images' batch fits. */
  static LearningLength of(
      BasisOptions options,
      double kept,
      double runs,
      double stretch,
      int available,
      double fitting) {
    double each = Views.cost(kept);
    int suits = options.images(available);
    boolean asked = options.learnImages() > 0;
    int images = asked ? suits : (int) Math.max(1, Math.min(stretch * suits, runs / each));
    int suiting = asked ? MOST_BATCH : Views.batch(images, MOST_BATCH);
    int batch = (int) Math.max(1, Math.min(suiting, fitting));
    return new LearningLength(images, batch, each * images);
  }

  /** Bytes for one image: of the original, and of the other network beside it. */
  static double activations(Graph original, double kept) {
    return (1 + kept) * TrainingLength.activations(original);
  }

  /** Share of an original's multiply-accumulates that another network has. */
  static double kept(Graph original, Graph compressed) {
    return (double) Cost.of(compressed).macs() / Math.max(1, Cost.of(original).macs());
  }

  /** Whether of so many images each is seen twice or more: then not the same way each time. */
  boolean repeats(int available) {
    return images >= 2L * available;
  }

  /** What is looked at, in words. */
  String views() {
    return "%d views in batches of %d".formatted(images, batch);
  }

  /** The same with what it costs. */
  @Override
  public String toString() {
    return "%s, %.0f forward runs of one image".formatted(views(), forwardRuns);
  }
}
