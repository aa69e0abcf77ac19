package dev.capstan.recipe;

import java.util.Locale;

/**
 * What a run computes with.
 *
 * @param precision of products
 * @param threads threads that share one operator, in each process
 * @param processes that share the steps
 * @param microBatches into which the images of a step are divided, which processes take turns in:
 *     sums and statistics hang on it, and no more on the number of processes than rounding does
 */
public record Compute(Precision precision, int threads, int processes, int microBatches) {
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

  /** One process that does not divide its steps. */
  public Compute(Precision precision, int threads) {
    this(precision, threads, 1, 1);
  }

  /** Checks the numbers; records of versions that knew one process say nothing of others. */
  public Compute {
    processes = Math.max(1, processes);
    microBatches = Math.max(1, microBatches);
    if (threads < 1) {
      throw new IllegalArgumentException("expected at least one thread, found " + threads);
    }
  }
}
