package dev.capstan.recipe;

/**
 * How all weights of a network are trained (METHOD section 6).
 *
 * @param epochs how often each image is seen
 * @param batch images a step
 * @param rate learning rate at its height; it falls to 0 along a cosine
 * @param warmUp share of the steps, at the start, over which the rate rises linearly
 * @param momentum of SGD, in Nesterov's form
 * @param weightDecay of kernels; biases and BatchNorm have none
 * @param labelSmoothing share of a label that is spread evenly over all classes
 * @param distillation weight of the divergence from the original network, from 0 to 1; labels get
 *     the rest. Without labels it is all there is
 * @param temperature by which logits are divided before that divergence
 * @param pad largest random shift, in pixels
 * @param flip whether half of the images are mirrored
 * @param seed of every random choice
 */
public record TrainRecipe(
    int epochs,
    int batch,
    double rate,
    double warmUp,
    double momentum,
    double weightDecay,
    double labelSmoothing,
    double distillation,
    double temperature,
    int pad,
    boolean flip,
    long seed) {
  /** Checks the ranges. */
  public TrainRecipe {
    check("epochs", epochs, epochs > 0);
    check("batch", batch, batch > 0);
    check("rate", rate, rate > 0 && rate < Double.POSITIVE_INFINITY);
    check("warm-up", warmUp, isShare(warmUp));
    check("momentum", momentum, isShare(momentum) && momentum < 1);
    check("weight decay", weightDecay, weightDecay >= 0);
    check("label smoothing", labelSmoothing, isShare(labelSmoothing));
    check("distillation", distillation, isShare(distillation));
    check("temperature", temperature, temperature > 0);
    check("pad", pad, pad >= 0);
  }

  private static boolean isShare(double value) {
    return value >= 0 && value <= 1;
  }

  private static void check(String what, Number value, boolean fits) {
    if (!fits) {
      throw new IllegalArgumentException("training with " + what + " " + value);
    }
  }

  /**
   * A compressed network that finds its way back to the original. The shorter the run, the lower
   * the rate: a high one first undoes what learning has achieved, and a short run never makes up
   * for it.
   */
  public static TrainRecipe fineTuning(int epochs, long seed) {
    double rate = 0.005 * Math.sqrt(epochs);
    return new TrainRecipe(epochs, 64, rate, 0.05, 0.9, 1e-4, 0, 0.9, 4, 4, true, seed);
  }

  /** A network from random weights. */
  public static TrainRecipe fromScratch(int epochs, long seed) {
    return new TrainRecipe(epochs, 128, 0.1, 0.05, 0.9, 1e-4, 0.05, 0, 1, 4, true, seed);
  }

  /** The same in other batches, at another rate. */
  public TrainRecipe withSteps(int otherBatch, double otherRate) {
    return new TrainRecipe(
        epochs,
        otherBatch,
        otherRate,
        warmUp,
        momentum,
        weightDecay,
        labelSmoothing,
        distillation,
        temperature,
        pad,
        flip,
        seed);
  }

  /** The same with other random changes to the images. */
  public TrainRecipe withAugmentation(int otherPad, boolean otherFlip) {
    return new TrainRecipe(
        epochs,
        batch,
        rate,
        warmUp,
        momentum,
        weightDecay,
        labelSmoothing,
        distillation,
        temperature,
        otherPad,
        otherFlip,
        seed);
  }

  /** The same with other weights of the loss's parts. */
  public TrainRecipe withLoss(double smoothing, double weight, double otherTemperature) {
    return new TrainRecipe(
        epochs,
        batch,
        rate,
        warmUp,
        momentum,
        weightDecay,
        smoothing,
        weight,
        otherTemperature,
        pad,
        flip,
        seed);
  }

  /**
   * Number of steps over a set in batches of a size; what does not fill a last batch is left out,
   * because the statistics of a small batch are poor.
   */
  public int steps(int images, int size) {
    return Math.toIntExact(Math.max(1, (long) epochs * images / size));
  }

  /** Learning rate at a step. */
  public double rate(int step, int steps) {
    double warm = Math.max(1, Math.rint(steps * warmUp));
    double rise = Math.min(1, (step + 1) / warm);
    double progress = Math.max(0, step + 1 - warm) / Math.max(1, steps + 1 - warm);
    return rate * rise * (1 + Math.cos(Math.PI * progress)) / 2;
  }
}
