package dev.capstan.report;

import java.util.Locale;

/** A point on a network's way at which it is judged. */
public enum Stage {
  /** The original. */
  BASELINE,
  /** Kernels made smaller by their bases, no weight changed otherwise. */
  PROJECTED,
  /** Its channels have the original's mean and variance again. */
  REESTIMATED,
  /** Weights solved for in closed form. */
  REFITTED,
  /** All weights trained. */
  FINE_TUNED;

  /** As people read it. */
  public String words() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
