package dev.capstan.pipeline;

import java.util.Locale;

/**
 * What a compressed network has to keep to.
 *
 * @param amount how much, in the unit of its kind
 */
public record Goal(Kind kind, double amount) {
  /** What is limited. */
  public enum Kind {
    /** Share of the multiply-accumulates that may be kept, in (0, 1]. */
    KEEP_MACS,
    /**
     * Points of top-1 that may be lost; of agreement with the original where there are no labels to
     * judge by.
     */
    MAX_DROP;

    /** The option that asks for it. */
    public String option() {
      return "--" + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** Checks the amount. */
  public Goal {
    boolean fits = kind == Kind.KEEP_MACS ? amount > 0 && amount <= 1 : amount >= 0;
    if (!fits || Double.isInfinite(amount)) {
      throw new IllegalArgumentException(kind.option() + " " + amount);
    }
  }

  /** A share of the multiply-accumulates, in (0, 1]. */
  public static Goal keepMacs(double share) {
    return new Goal(Kind.KEEP_MACS, share);
  }

  /** As it is asked for. */
  @Override
  public String toString() {
    return kind.option() + " " + amount;
  }
}
