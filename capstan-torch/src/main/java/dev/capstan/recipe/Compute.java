package dev.capstan.recipe;

/**
 * What a run computes with.
 *
 * @param precision {@code auto}, {@code fp32} or {@code bf16}
 * @param threads threads that share one operator
 */
public record Compute(String precision, int threads) {
  /** All processors, in the precision that is fastest here. */
  public static Compute automatic() {
    return new Compute("auto", Runtime.getRuntime().availableProcessors());
  }

  /** Checks the number of threads. */
  public Compute {
    if (threads < 1) {
      throw new IllegalArgumentException("expected at least one thread, found " + threads);
    }
  }
}
