package dev.capstan.torch.internal.engine;

import dev.capstan.recipe.Compute;
import dev.capstan.torch.internal.tensor.Libtorch;
import dev.capstan.torch.internal.tensor.Precision;
import org.bytedeco.pytorch.global.torch;

/**
 * How graphs are run: precision and number of threads, on the CPU.
 *
 * @param precision what products are computed in
 * @param threads threads that share one operator, at least 1
 */
public record Execution(Precision precision, int threads) {
  /** Checks the number of threads. */
  public Execution {
    if (threads < 1) {
      throw new IllegalArgumentException("expected at least one thread, found " + threads);
    }
  }

  /** How a run computes that asks for this. */
  public static Execution of(Compute compute) {
    return new Execution(Precision.of(compute.precision()), compute.threads());
  }

  /**
   * How targets are computed for it: without gradients, and with few digits where that is faster.
   */
  public static Execution ofTargets(Compute compute) {
    return new Execution(Precision.ofTargets(compute.precision()), compute.threads());
  }

  /**
   * Makes libtorch use this number of threads. It is a setting of the calling thread and of those
   * it computes gradients with.
   *
   * <p>Kernels whose sums depend on timing are switched off: equal inputs and threads give equal
   * bits.
   */
  public void apply() {
    Libtorch.load();
    torch.set_num_threads(threads);
    torch.globalContext().setDeterministicMkldnn(true);
  }
}
