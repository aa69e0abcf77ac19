package dev.capstan.pipeline.stage;

import dev.capstan.graph.Graph;
import dev.capstan.graph.ShapeInference;
import dev.capstan.recipe.TrainRecipe;

/**
 * How long the weights of a compressed network are trained where nobody says: as many views as a
 * budget of forward runs buys.
 *
 * @param images that are looked at, of those there are
 * @param epochs passes over them
 * @param batch images a step
 * @param forwardRuns what it costs, in forward runs of one image through the original
 */
record TrainingLength(int images, int epochs, int batch, double forwardRuns) {
  /** Passes beyond which no image shows anything new. */
  private static final int MOST_EPOCHS = 40;

  private static final int MOST_VIEWS = 50_000;

  private static final int MOST_BATCH = 64;

  private static final int MANY_VIEWS = 20_000;

  /** Passes up to which images are taken as seldom seen. */
  private static final int FEW_PASSES = 10;

  /** Bytes that the activations of a batch may take, as autograd keeps them. */
  private static final double MEMORY = 3e9;

  /**
   * What so many forward runs buy for a network of which a share is kept.
   *
   * @param stretch by what more may be done than suits, at least 1
   * @param available images that there are, at least one
   */
  static TrainingLength of(
      Graph original, double kept, double runs, double stretch, int available) {
    return of(kept, runs, stretch, available, MEMORY / activations(original));
  }

  /** What is asked for. */
  static TrainingLength of(double kept, TrainRecipe.Schedule schedule, int available) {
    double runs = Views.cost(kept) * schedule.imagesSeen(available);
    return new TrainingLength(available, schedule.epochs(), schedule.batchOf(available), runs);
  }

  /** The same for a network of which a share is kept, as far as so many images' batch fits. */
  static TrainingLength of(
      double kept, double runs, double stretch, int available, double fitting) {
    double each = Views.cost(kept);
    double most = Math.min(runs / each, stretch * MOST_VIEWS);
    // To the nearest whole pass: rounded down, half of what is paid for would not be used.
    int epochs = (int) Math.max(1, Math.min(stretch * MOST_EPOCHS, Math.rint(most / available)));
    int images = (int) Math.max(1, Math.min(available, most / epochs));
    int batch = (int) Math.max(1, Math.min(Views.batch(most, MOST_BATCH), fitting));
    return new TrainingLength(images, epochs, batch, each * images * epochs);
  }

  /** Bytes for one image: what nodes give, once more where BatchNorm is put back. */
  static double activations(Graph graph) {
    return 1.5 * Float.BYTES * Math.max(1, ShapeInference.leastElements(graph));
  }

  /** Whether Muon would not win back in it what its first steps undo: docs/experiments.md. */
  boolean isShort() {
    return (long) images * epochs < MANY_VIEWS;
  }

  /** A recipe by the optimizer, the rates and the shifts that suit it: docs/experiments.md. */
  TrainRecipe fit(TrainRecipe recipe) {
    if (isShort()) {
      return recipe.byAdam();
    }
    return epochs <= FEW_PASSES ? recipe.ofFewPasses() : recipe;
  }

  static String passes(int epochs) {
    return epochs == 1 ? "1 pass" : epochs + " passes";
  }

  /** What is looked at, in words. */
  String views() {
    return "%s over %d images in batches of %d".formatted(passes(epochs), images, batch);
  }

  /** The same with what it costs. */
  @Override
  public String toString() {
    return "%s, %.0f forward runs of one image".formatted(views(), forwardRuns);
  }
}
