package dev.capstan.pipeline.stage;

/** What a view, an image in a step of learning or training, costs, and how many make a step. */
final class Views {
  /** A view is one run of the original, a forward and a backward one of the other network. */
  static final int PASSES = 3;

  /** Fewer steps than these move little: then batches are smaller. */
  private static final int STEPS = 100;

  private static final int LEAST_BATCH = 16;

  private Views() {}

  /**
   * In forward runs of one image through the original.
   *
   * @param kept share of its multiply-accumulates that the other network has
   */
  static double cost(double kept) {
    return 1 + PASSES * kept;
  }

  /** How many of so many views go into a step, at most {@code most}. */
  static int batch(double views, int most) {
    return (int) Math.max(LEAST_BATCH, Math.min(most, views / STEPS));
  }
}
