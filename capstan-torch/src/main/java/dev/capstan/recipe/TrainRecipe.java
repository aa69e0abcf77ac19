package dev.capstan.recipe;

import static java.lang.Double.isFinite;

import dev.capstan.image.Augmentation;

/**
 * How all weights of a network are trained (docs/method.md, section 6.4).
 *
 * @param schedule the steps of the optimiser
 * @param decay how rates fall; null is along a cosine, as before there was a choice
 * @param loss what they lower
 * @param augmentation random changes to the images
 * @param averaging share of the past in a moving average of the weights, which is the result then,
 *     in [0, 1); 0 gives the last weights
 * @param seed of the images' order
 */
public record TrainRecipe(
    Schedule schedule,
    Decay decay,
    Loss loss,
    Augmentation augmentation,
    double averaging,
    long seed) {
  private static final double ADAM_RATE = 0.001;

  /** Share of its norm by which a kernel changes that is nearly where it is to end. */
  private static final double GENTLE = 0.005;

  /** By how much it is more where rates are soon low. */
  private static final double HIGHER = 4;

  /**
   * Share of the steps after which BatchNorm's running statistics become a mean, over images as
   * they are.
   */
  private static final double SETTLED = 0.95;

  /** Passes up to which nothing is learned by heart: in twenty it is (docs/experiments.md). */
  private static final int FEW_PASSES = 8;

  /** Passes up to which rates that are soon low were measured. */
  private static final int SOME_PASSES = 20;

  /** Checks the share. */
  public TrainRecipe {
    decay = decay == null ? Decay.COSINE : decay;
    check("averaging", averaging, isShare(averaging) && averaging < 1);
  }

  /** How high the rates are at a step, as a share of their height. */
  public double height(int step, int steps) {
    double warm = Math.max(1, Math.rint(steps * schedule.warmUp));
    double rise = Math.min(1, (step + 1) / warm);
    double progress = Math.max(0, step + 1 - warm) / Math.max(1, steps + 1 - warm);
    return rise * decay.height(progress);
  }

  /**
   * Share of a batch in BatchNorm's running statistics at a step: a tenth, as PyTorch has it, and
   * behind {@code 0.95 steps}, where weights hardly move, {@code 1 / (10 + k)} at the k-th step, so
   * that the last ones count nearly alike and the result hangs on no few of them.
   */
  public double statisticsMomentum(int step, int steps) {
    return 1 / (10 + Math.max(0, step + 1 - SETTLED * steps));
  }

  private static boolean isShare(double value) {
    return value >= 0 && value <= 1;
  }

  private static void check(String what, Number value, boolean fits) {
    if (!fits) {
      throw new IllegalArgumentException("training with " + what + " " + value);
    }
  }

  /** What takes the steps. */
  public enum Optimizer {
    /**
     * Kernels of convolutions go along their orthogonalised momentum (Muon), all else by stochastic
     * gradient descent; BatchNorm normalises by the statistics of each batch. For many images.
     */
    MUON,
    /**
     * Adam, at a rate that is a share of each tensor's size; BatchNorm's statistics stay as they
     * are. Gains from a few hundred images, where the other loses.
     */
    ADAM
  }

  /** How rates fall from their height to 0, p being the share of the way, from 0 to 1. */
  public enum Decay {
    /** {@code (1 + cos(pi p)) / 2}. */
    COSINE,
    /**
     * {@code 1 - sqrt(p)} (Haegele et al. 2024): soon low, and low for long, for a network that
     * starts near where it is to end.
     */
    ROOT;

    private double height(double progress) {
      return switch (this) {
        case COSINE -> (1 + Math.cos(Math.PI * progress)) / 2;
        case ROOT -> 1 - Math.sqrt(progress);
      };
    }
  }

  /**
   * The steps. Rates rise linearly, then fall to 0.
   *
   * @param optimizer what takes them; null is Muon, as before there was a choice
   * @param epochs how often each image is seen
   * @param batch images a step
   * @param rate learning rate of gradient descent, or of Adam, at its height
   * @param muonRate share of its norm by which a convolution's kernel changes in a step of Muon, at
   *     its height; 0 leaves kernels to gradient descent
   * @param warmUp share of the steps, at the start, over which the rates rise
   * @param momentum of Muon and gradient descent, in Nesterov's form
   * @param weightDecay of kernels in gradient descent; biases and BatchNorm have none
   */
  public record Schedule(
      Optimizer optimizer,
      int epochs,
      int batch,
      double rate,
      double muonRate,
      double warmUp,
      double momentum,
      double weightDecay) {
    /** Checks the ranges. */
    public Schedule {
      optimizer = optimizer == null ? Optimizer.MUON : optimizer;
      check("epochs", epochs, epochs > 0);
      check("batch", batch, batch > 0);
      check("rate", rate, rate > 0 && isFinite(rate));
      check("Muon rate", muonRate, isShare(muonRate));
      check("warm-up", warmUp, isShare(warmUp));
      check("momentum", momentum, isShare(momentum) && momentum < 1);
      check("weight decay", weightDecay, weightDecay >= 0 && isFinite(weightDecay));
    }

    private Schedule with(int epochs, int batch, double rate, double muonRate) {
      return new Schedule(optimizer, epochs, batch, rate, muonRate, warmUp, momentum, weightDecay);
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

    private Loss withoutFeatures() {
      return new Loss(labelSmoothing, distillation, temperature, 0);
    }
  }

  /**
   * A compressed network that finds its way back to the original. The shorter the run, the lower
   * the rate of gradient descent: a high one first undoes what learning has achieved, and a short
   * run never makes up for it. Muon's best share of the norm does not depend on the run's length.
   */
  public static TrainRecipe fineTuning(int epochs, long seed) {
    TrainRecipe plain = manyPasses(epochs, seed);
    if (epochs > SOME_PASSES) {
      return plain;
    }
    TrainRecipe soonLow = plain.ofFewPasses().withLoss(new Loss(0, 0.2, 4, 5));
    return epochs > FEW_PASSES ? soonLow.withAugmentation(plain.augmentation) : soonLow;
  }

  /**
   * The same where images are seen too seldom to be learned by heart: without shifts, whose borders
   * no image has that the network will meet, and at rates that are high first and soon low.
   */
  public TrainRecipe ofFewPasses() {
    return withMuonRate(HIGHER * schedule.muonRate).withDecay(Decay.ROOT).withoutShifts();
  }

  private static Augmentation shifts(long seed) {
    return new Augmentation(4, true, seed).withUnshifted(1 - SETTLED);
  }

  private TrainRecipe withoutShifts() {
    return withAugmentation(augmentation.withPad(0));
  }

  /**
   * The same over images that are seen so often that a network of some size would learn them by
   * heart: they are shifted, and the original says more of them than labels do.
   */
  public static TrainRecipe manyPasses(int epochs, long seed) {
    double rate = 0.005 * Math.sqrt(epochs);
    return new TrainRecipe(
        new Schedule(Optimizer.MUON, epochs, 64, rate, GENTLE, 0.05, 0.9, 1e-4),
        Decay.COSINE,
        new Loss(0, 0.5, 4, 5),
        shifts(seed),
        0,
        seed);
  }

  /** The same over so few views that Muon would not win back what its first steps undo. */
  public static TrainRecipe fewViews(int epochs, long seed) {
    return manyPasses(epochs, seed).withPasses(epochs, 16).byAdam();
  }

  /** A network from random weights. */
  public static TrainRecipe fromScratch(int epochs, long seed) {
    return new TrainRecipe(
        new Schedule(Optimizer.MUON, epochs, 128, 0.1, 0, 0.05, 0.9, 1e-4),
        Decay.COSINE,
        new Loss(0.05, 0, 1, 0),
        shifts(seed),
        0,
        seed);
  }

  /** The same in other batches, at another rate of gradient descent. */
  public TrainRecipe withSteps(int batch, double rate) {
    return with(schedule.with(schedule.epochs, batch, rate, schedule.muonRate));
  }

  /**
   * The same for so many passes in other batches, at the rates that suit them: that of gradient
   * descent goes with the root of the passes, Muon's with that of the batch; Adam's stays.
   */
  public TrainRecipe withPasses(int epochs, int batch) {
    if (schedule.optimizer == Optimizer.ADAM) {
      return with(schedule.with(epochs, batch, schedule.rate, schedule.muonRate));
    }
    double suited = schedule.rate * Math.sqrt((double) epochs / schedule.epochs);
    double share = schedule.muonRate * Math.sqrt((double) batch / schedule.batch);
    return with(schedule.with(epochs, batch, suited, share));
  }

  /**
   * The same for a network that is to teach: so many passes over labels alone, without shifts, at
   * rates that undo little, since nothing of it was compressed.
   */
  public TrainRecipe ofLabels(int epochs) {
    return withPasses(epochs, schedule.batch)
        .withMuonRate(Math.min(schedule.muonRate, GENTLE))
        .withDecay(Decay.COSINE)
        .withoutShifts()
        .withLoss(new Loss(loss.labelSmoothing, 0, 1, 0));
  }

  /** The same with other steps of convolutions' kernels; at 0 they go by gradient descent. */
  public TrainRecipe withMuonRate(double share) {
    return with(schedule.with(schedule.epochs, schedule.batch, schedule.rate, share));
  }

  /** The same with rates that fall otherwise. */
  public TrainRecipe withDecay(Decay other) {
    return new TrainRecipe(schedule, other, loss, augmentation, averaging, seed);
  }

  /**
   * The same by Adam, at the rate that suits it; without features, which for a few hundred steps
   * are not worth what solving for them costs.
   */
  public TrainRecipe byAdam() {
    Schedule steps =
        new Schedule(Optimizer.ADAM, schedule.epochs, schedule.batch, ADAM_RATE, 0, 0.1, 0.9, 0);
    return with(steps).withDecay(Decay.COSINE).withLoss(loss.withoutFeatures());
  }

  private TrainRecipe with(Schedule other) {
    return new TrainRecipe(other, decay, loss, augmentation, averaging, seed);
  }

  /** The same with another loss. */
  public TrainRecipe withLoss(Loss other) {
    return new TrainRecipe(schedule, decay, other, augmentation, averaging, seed);
  }

  /** The same with other random changes to the images. */
  public TrainRecipe withAugmentation(Augmentation other) {
    return new TrainRecipe(schedule, decay, loss, other, averaging, seed);
  }

  /** The same with another share of the past in the average of the weights. */
  public TrainRecipe withAveraging(double share) {
    return new TrainRecipe(schedule, decay, loss, augmentation, share, seed);
  }

  /** The same with other random choices. */
  public TrainRecipe withSeed(long other) {
    return new TrainRecipe(schedule, decay, loss, augmentation.withSeed(other), averaging, other);
  }
}
