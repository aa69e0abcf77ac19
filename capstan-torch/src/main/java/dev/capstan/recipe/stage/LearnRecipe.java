package dev.capstan.recipe.stage;

/**
 * How bases are learned.
 *
 * @param form of the bases
 * @param images images seen in all
 * @param batch images a step
 * @param rate learning rate of Adam at its height, for 12 spaces of 64 channels; less for more, or
 *     wider ones
 * @param task how the task loss comes in
 * @param exchangeRuns forward runs of one image that the exchange of selected channels may cost
 *     before; 0 for what suits the network's size
 * @param mirrored whether half of the images, drawn anew in each pass, are seen as their mirror
 *     images
 * @param seed of every random choice
 */
public record LearnRecipe(
    BasisForm form,
    int images,
    int batch,
    double rate,
    Task task,
    double exchangeRuns,
    boolean mirrored,
    long seed) {
  /** Images that the start of learning is measured on, at most. */
  private static final int CALIBRATION = 1024;

  /**
   * The second part of the steps.
   *
   * @param share of the steps, at the end, in which the task loss counts
   * @param weight gamma, the weight of the task loss there
   * @param rate the learning rate there, relative to that of the first part
   */
  public record Task(double share, double weight, double rate) {
    /** What docs/experiments.md arrived at. */
    public static final Task STANDARD = new Task(0.5, 1, 0.1);

    /** None at all. */
    public static final Task NONE = new Task(0, 0, 0);
  }

  /** The recipe that docs/experiments.md arrived at. */
  public static LearnRecipe standard(int images, long seed) {
    return new LearnRecipe(BasisForm.OBLIQUE, images, 32, 0.009, Task.STANDARD, 0, false, seed);
  }

  /** Checks the ranges. */
  public LearnRecipe {
    if (images < 1 || batch < 1 || rate <= 0 || task.share() < 0 || task.share() > 1) {
      throw new IllegalArgumentException(
          "recipe of %d images in batches of %d at rate %s, task share %s"
              .formatted(images, batch, rate, task.share()));
    }
  }

  /** The same in other batches. */
  public LearnRecipe withBatch(int size) {
    return new LearnRecipe(form, images, size, rate, task, exchangeRuns, mirrored, seed);
  }

  /** The same where the exchange may cost so much. */
  public LearnRecipe withExchangeRuns(double runs) {
    return new LearnRecipe(form, images, batch, rate, task, runs, mirrored, seed);
  }

  /** The same with mirror images or without. */
  public LearnRecipe withMirrorImages(boolean some) {
    return new LearnRecipe(form, images, batch, rate, task, exchangeRuns, some, seed);
  }

  /** On how many images the start is measured, where there are as many. */
  public int calibrated() {
    return calibrated(images);
  }

  /** The same of so many images seen: in short runs the start would cost more than all steps. */
  public static int calibrated(int seen) {
    return Math.min(CALIBRATION, (seen + 1) / 2);
  }

  /** Number of steps. */
  public int steps() {
    return (images + batch - 1) / batch;
  }

  private int taskStart() {
    return (int) Math.round(steps() * (1 - task.share()));
  }

  /** gamma at a step. */
  public double taskWeight(int step) {
    return step < taskStart() ? 0 : task.weight();
  }

  /** Number of a step in its part: the parts have losses of their own. */
  public int stepOfPart(int step) {
    return taskWeight(step) > 0 ? step - taskStart() : step;
  }

  /** Learning rate at a step: in each part a short linear rise, then a cosine. */
  public double rate(int step) {
    boolean late = taskWeight(step) > 0;
    int first = task.weight() > 0 ? taskStart() : steps();
    int part = late ? steps() - taskStart() : first;
    int own = stepOfPart(step);
    double rise = Math.min(1, (own + 1.0) / Math.max(1, Math.min(20, steps() / 10)));
    return rate * (late ? task.rate() : 1) * rise * cosine(own, part);
  }

  private static double cosine(int step, int steps) {
    return (1 + Math.cos(Math.PI * step / Math.max(1, steps))) / 2;
  }
}
