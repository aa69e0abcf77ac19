package dev.capstan.job;

/** Whether weights are corrected in closed form. */
public enum Correction {
  /** Where the result is nearer to the original on images held out from learning. */
  AUTO,
  /** In any case. */
  ON,
  /** Not at all. */
  OFF
}
