package dev.capstan.recipe;

import static java.lang.Double.isFinite;

import dev.capstan.image.Augmentation;

/**
 * How all weights of a network are trained (docs/method.md, section 6.4).
 *
 * @param schedule the steps of the optimiser
 * @param loss what they lower
 * @param augmentation random changes to the images
 * @param averaging share of the past in a moving average of the weights, which is the result then,
 *     in [0, 1); 0 gives the last weights
 * @param seed of the images' order
 */
public record TrainRecipe(
    Schedule schedule, Loss loss, Augmentation augmentation, double averaging, long seed) {
  /** Checks the share. */
  public TrainRecipe {
    check("averaging", averaging, isShare(averaging) && averaging < 1);
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
   * The steps: kernels of convolutions go along their orthogonalised momentum (Muon), all else by
   * stochastic gradient descent. Both rates rise linearly, then fall to 0 along a cosine.
   *
   * @param epochs how often each image is seen
   * @param batch images a step
   * @param rate learning rate of gradient descent at its height
   * @param muonRate share of its norm by which a convolution's kernel changes in a step, at its
   *     height; 0 leaves kernels to gradient descent
   * @param warmUp share of the steps, at the start, over which the rates rise
   * @param momentum in Nesterov's form
   * @param weightDecay of kernels in gradient descent; biases and BatchNorm have none
   */
  public record Schedule(
      int epochs,
      int batch,
      double rate,
      double muonRate,
      double warmUp,
      double momentum,
      double weightDecay) {
    /** Checks the ranges. */
    public Schedule {
      check("epochs", epochs, epochs > 0);
      check("batch", batch, batch > 0);
      check("rate", rate, rate > 0 && isFinite(rate));
      check("Muon rate", muonRate, isShare(muonRate));
      check("warm-up", warmUp, isShare(warmUp));
      check("momentum", momentum, isShare(momentum) && momentum < 1);
      check("weight decay", weightDecay, weightDecay >= 0 && isFinite(weightDecay));
    }

    /** Images a step over a set: no more than there are. */
    public int batchOf(int images) {
      return Math.min(batch, Math.max(1, images));
    }

    /**
     * Number of steps over a set; what does not fill a last batch is left out, because the
     * statistics of a small batch are poor.
     */
    public int steps(int images) {
      return Math.toIntExact(Math.max(1, (long) epochs * images / batchOf(images)));
    }

    /** Images in all steps over a set. */
    public long imagesSeen(int images) {
      return (long) steps(images) * batchOf(images);
    }

    /** How high the rates are at a step, as a share of their height. */
    public double height(int step, int steps) {
      double warm = Math.max(1, Math.rint(steps * warmUp));
      double rise = Math.min(1, (step + 1) / warm);
      double progress = Math.max(0, step + 1 - warm) / Math.max(1, steps + 1 - warm);
      return rise * (1 + Math.cos(Math.PI * progress)) / 2;
    }
  }

  /**
   * What training lowers.
   *
   * @param labelSmoothing share of a label that is spread evenly over all classes
   * @param distillation weight of the divergence from the teacher, from 0 to 1; labels get the
   *     rest. Without labels it counts as 1
   * @param temperature by which logits are divided before that divergence
   * @param features weight of the relative squared distance of the last feature maps, rebuilt to
   *     the teacher's width; 0 for none
   */
  public record Loss(
      double labelSmoothing, double distillation, double temperature, double features) {
    /** Checks the ranges. */
    public Loss {
      check("label smoothing", labelSmoothing, isShare(labelSmoothing));
      check("distillation", distillation, isShare(distillation));
      check("temperature", temperature, temperature > 0 && isFinite(temperature));
      check("weight of features", features, features >= 0 && isFinite(features));
    }
  }

  /**
   * A compressed network that finds its way back to the original. The shorter the run, the lower
   * the rate of gradient descent: a high one first undoes what learning has achieved, and a short
   * run never makes up for it. Muon's best share of the norm does not depend on the run's length.
   */
  public static TrainRecipe fineTuning(int epochs, long seed) {
    double rate = 0.005 * Math.sqrt(epochs);
    return new TrainRecipe(
        new Schedule(epochs, 64, rate, 0.005, 0.05, 0.9, 1e-4),
        new Loss(0, 0.5, 4, 5),
        new Augmentation(4, true, seed),
        0,
        seed);
  }

  /** A network from random weights. */
  public static TrainRecipe fromScratch(int epochs, long seed) {
    return new TrainRecipe(
        new Schedule(epochs, 128, 0.1, 0, 0.05, 0.9, 1e-4),
        new Loss(0.05, 0, 1, 0),
        new Augmentation(4, true, seed),
        0,
        seed);
  }

  /** The same in other batches, at another rate of gradient descent. */
  public TrainRecipe withSteps(int batch, double rate) {
    Schedule s = schedule;
    return with(
        new Schedule(s.epochs, batch, rate, s.muonRate, s.warmUp, s.momentum, s.weightDecay));
  }

  /**
   * The same for so many passes in other batches, at the rates that suit them: that of gradient
   * descent goes with the root of the passes, Muon's with that of the batch.
   */
  public TrainRecipe withPasses(int epochs, int batch) {
    Schedule s = schedule;
    double suited = s.rate * Math.sqrt((double) epochs / s.epochs);
    double share = s.muonRate * Math.sqrt((double) batch / s.batch);
    return with(new Schedule(epochs, batch, suited, share, s.warmUp, s.momentum, s.weightDecay));
  }

  /** The same with other steps of convolutions' kernels; at 0 they go by gradient descent. */
  public TrainRecipe withMuonRate(double share) {
    Schedule s = schedule;
    return with(
        new Schedule(s.epochs, s.batch, s.rate, share, s.warmUp, s.momentum, s.weightDecay));
  }

  private TrainRecipe with(Schedule other) {
    return new TrainRecipe(other, loss, augmentation, averaging, seed);
  }

  /** The same with another loss. */
  public TrainRecipe withLoss(Loss other) {
    return new TrainRecipe(schedule, other, augmentation, averaging, seed);
  }

  /** The same with other random changes to the images. */
  public TrainRecipe withAugmentation(Augmentation other) {
    return new TrainRecipe(schedule, loss, other, averaging, seed);
  }

  /** The same with another share of the past in the average of the weights. */
  public TrainRecipe withAveraging(double share) {
    return new TrainRecipe(schedule, loss, augmentation, share, seed);
  }

  /** The same with other random choices. */
  public TrainRecipe withSeed(long other) {
    Augmentation changes =
        new Augmentation(augmentation.pad(), augmentation.flip(), augmentation.cutout(), other);
    return new TrainRecipe(schedule, loss, changes, averaging, other);
  }
}
