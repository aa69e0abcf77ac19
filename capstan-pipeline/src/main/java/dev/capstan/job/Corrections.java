package dev.capstan.job;

/**
 * What is done to the weights of a compressed network without training it.
 *
 * @param reestimation give its channels the original's mean and variance, as re-estimating
 *     BatchNorm's statistics does
 * @param refit solve for its weights by least squares
 */
public record Corrections(Correction reestimation, Correction refit) {
  /** Both where they help. */
  public static final Corrections DEFAULT = new Corrections(Correction.AUTO, Correction.AUTO);

  /** Neither. */
  public static final Corrections NONE = new Corrections(Correction.OFF, Correction.OFF);

  /** Whether images must be held out to decide. */
  public boolean needJudgement() {
    return reestimation == Correction.AUTO || refit == Correction.AUTO;
  }

  /** Whether weights are corrected in closed form. */
  public enum Correction {
    /** Where the result is nearer to the original on images held out from learning. */
    AUTO,
    /** In any case. */
    ON,
    /** Not at all. */
    OFF
  }
}
