package dev.capstan.train;

import dev.capstan.recipe.WorkListener;
import java.util.Locale;
import org.bytedeco.javacpp.Pointer;

/** Tells a listener how training goes, and after a few steps how long it will take. */
final class Progress {
  /** Steps that are slow because memory is new and kernels are chosen. */
  private static final int WARM_UP = 3;

  /** Steps after those that the estimate is made from. */
  private static final int MEASURED = 5;

  /** Share of the newest step in the figures shown. */
  private static final double NEWEST = 0.05;

  private static final double NANOS = 1e9;

  private final WorkListener listener;
  private final int first;
  private final int steps;
  private final long[] began = new long[2];
  private long images;
  private double loss;

  Progress(WorkListener listener, int first, int steps) {
    this.listener = listener;
    this.first = first;
    this.steps = steps;
  }

  /** A step is done, on so many images, with this loss. */
  void step(int done, int size, double value) {
    int own = done - first;
    if (own == 1) {
      began[0] = System.nanoTime();
    } else {
      images += size;
    }
    if (own == WARM_UP) {
      began[1] = System.nanoTime();
    }
    if (own == WARM_UP + MEASURED) {
      listener.note(estimate(done));
    }
    loss = own == 1 ? value : loss + NEWEST * (value - loss);
    double rate = images / Math.max(1 / NANOS, (System.nanoTime() - began[0]) / NANOS);
    listener.advance(done, String.format(Locale.ROOT, "loss %.4f, %.0f images/s", loss, rate));
  }

  private String estimate(int done) {
    double each = (System.nanoTime() - began[1]) / NANOS / MEASURED;
    return String.format(
        Locale.ROOT,
        "training takes about %.0f s for %d steps, and %.1f GB of memory",
        Math.ceil(each * (steps - done)),
        steps - done,
        Pointer.physicalBytes() / 1e9);
  }
}
