package dev.capstan.recipe.stage;

/**
 * How bases are learned.
 *
 * @param form of the bases
 * @param images images seen in all
 * @param batch images a step
 * @param rate learning rate of Adam at its height, for spaces of 64 channels
 * @param taskShare share of the steps, at the end, in which the task loss counts
 * @param taskWeight gamma, the weight of the task loss there
 * @param taskRate the learning rate there, relative to {@code rate}
 * @param seed of every random choice
 */
public record LearnRecipe(
    BasisForm form,
    int images,
    int batch,
    double rate,
    double taskShare,
    double taskWeight,
    double taskRate,
    long seed) {
  /** The recipe that docs/experiments.md arrived at. */
  public static LearnRecipe standard(int images, long seed) {
    return new LearnRecipe(BasisForm.OBLIQUE, images, 32, 0.003, 0.5, 1, 0.3, seed);
  }

  /** Checks the ranges. */
  public LearnRecipe {
    if (images < 1 || batch < 1 || rate <= 0 || taskShare < 0 || taskShare > 1) {
      throw new IllegalArgumentException(
          "recipe of %d images in batches of %d at rate %s, task share %s"
              .formatted(images, batch, rate, taskShare));
    }
  }

  /** The same in other batches. */
  public LearnRecipe withBatch(int size) {
    return new LearnRecipe(form, images, size, rate, taskShare, taskWeight, taskRate, seed);
  }

  /** Number of steps. */
  public int steps() {
    return (images + batch - 1) / batch;
  }

  private int taskStart() {
    return (int) Math.round(steps() * (1 - taskShare));
  }

  /** gamma at a step. */
  public double taskWeight(int step) {
    return step < taskStart() ? 0 : taskWeight;
  }

  /** Learning rate at a step: a short linear rise, then a cosine in each part. */
  public double rate(int step) {
    int start = taskStart();
    boolean task = step >= start && taskWeight > 0;
    if (task) {
      return rate * taskRate * cosine(step - start, steps() - start);
    }
    int end = taskWeight > 0 ? start : steps();
    double warm = Math.min(1, (step + 1.0) / Math.max(1, Math.min(20, steps() / 10)));
    return rate * warm * cosine(step, end);
  }

  private static double cosine(int step, int steps) {
    return (1 + Math.cos(Math.PI * step / Math.max(1, steps))) / 2;
  }
}
