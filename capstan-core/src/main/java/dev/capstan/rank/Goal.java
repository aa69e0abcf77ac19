package dev.capstan.rank;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

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
    MAX_DROP,
    /**
     * The smallest of a few networks whose outputs stay near the original's. The amount is the
     * share of images that keep the original's class, in (0, 1]; see {@link Goal#nearness} for
     * outputs that are no classes.
     */
    AUTO;

    /** The setting that asks for it: {@code keep-macs}. */
    public String setting() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private boolean allows(double amount) {
      return switch (this) {
        case KEEP_MACS, KEEP_PARAMETERS, AUTO -> amount > 0 && amount <= 1;
        case LATENCY_MS, LATENCY_SPEEDUP -> amount > 0 && Double.isFinite(amount);
        case MAX_DROP -> amount >= 0 && Double.isFinite(amount);
      };
    }
  }

  /** As small as it gets with 95 % of the classes kept. */
  public static final Goal AUTOMATIC = new Goal(Kind.AUTO, 0.95);

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

  /**
   * How near outputs are to the original's, on the scale of {@link Kind#AUTO}: their agreement
   * where they are classes, else {@code 1 - e / 2} for the largest error e of an output, so that
   * 0.95 asks for an error of at most a tenth of the output's variation.
   *
   * @param agreement in [0, 1], null where outputs are no classes
   * @param errors relative to each output's variation
   */
  public static double nearness(@Nullable Double agreement, Collection<Double> errors) {
    return agreement != null
        ? agreement
        : 1 - errors.stream().mapToDouble(Double::doubleValue).max().orElse(0) / 2;
  }

  /** The largest error of an output that is no classes, where it is so near: {@link #nearness}. */
  public static double largestError(double nearness) {
    return 2 * (1 - nearness);
  }

  /** As files and messages name it: {@code keep-macs 0.5}. */
  @Override
  public String toString() {
    return kind.setting() + " " + amount;
  }
}
