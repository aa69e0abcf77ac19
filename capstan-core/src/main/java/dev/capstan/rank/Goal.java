package dev.capstan.rank;

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
    /** Share of the parameters that may be kept, in (0, 1]. */
    KEEP_PARAMETERS,
    /** Milliseconds of one run in ONNX Runtime on this machine, batch 1, one thread. */
    LATENCY_MS,
    /** How many times as fast as the original a run is, measured alike. */
    LATENCY_SPEEDUP,
    /**
     * Points of top-1 that may be lost; of agreement with the original where there are no labels to
     * judge by.
     */
    MAX_DROP;

    /** The setting that asks for it: {@code keep-macs}. */
    public String setting() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private boolean allows(double amount) {
      return switch (this) {
        case KEEP_MACS, KEEP_PARAMETERS -> amount > 0 && amount <= 1;
        case LATENCY_MS, LATENCY_SPEEDUP -> amount > 0 && Double.isFinite(amount);
        case MAX_DROP -> amount >= 0 && Double.isFinite(amount);
      };
    }
  }

  /** Checks the amount. */
  public Goal {
    if (!kind.allows(amount)) {
      throw new IllegalArgumentException(kind.setting() + " " + amount);
    }
  }

  /** A share of the multiply-accumulates, in (0, 1]. */
  public static Goal keepMacs(double share) {
    return new Goal(Kind.KEEP_MACS, share);
  }

  /** A share of the parameters, in (0, 1]. */
  public static Goal keepParameters(double share) {
    return new Goal(Kind.KEEP_PARAMETERS, share);
  }

  /** As files and messages name it: {@code keep-macs 0.5}. */
  @Override
  public String toString() {
    return kind.setting() + " " + amount;
  }
}
