package dev.capstan.recipe;

import java.util.Locale;

/**
 * What a run computes with.
 *
 * @param precision of products
 * @param threads threads that share one operator
 */
public record Compute(Precision precision, int threads) {
  /** What products are computed in. */
  public enum Precision {
    /** What is fastest on this processor without losing accuracy. */
    AUTO,
    /** IEEE single precision. */
    FP32,
    /** bfloat16, sums in single precision. */
    BF16;

    /** The name in lower case, as records hold it. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** All processors, in the precision that is fastest here. */
  public static Compute automatic() {
    return new Compute(Precision.AUTO, Runtime.getRuntime().availableProcessors());
  }

  /** Single precision on so many threads. */
  public static Compute fp32(int threads) {
    return new Compute(Precision.FP32, threads);
  }

  /** Checks the number of threads. */
  public Compute {
    if (threads < 1) {
      throw new IllegalArgumentException("expected at least one thread, found " + threads);
    }
  }
}
