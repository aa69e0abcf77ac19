package dev.capstan.torch.internal.engine;

import dev.capstan.recipe.WorkListener;
import java.time.Duration;
import java.util.Locale;
import org.bytedeco.javacpp.Pointer;

/** Tells how long work will take and how much memory, measured on its first steps. */
public final class Forecast {
  /** The first steps are slower: libtorch prepares its kernels, the JVM its code. */
  private static final int WARM_UP = 3;

  private static final int MEASURED = 5;

  private final String what;
  private final long steps;
  private final WorkListener listener;
  private int done;
  private long began;

  /** A forecast for work of this many steps. */
  public Forecast(String what, long steps, WorkListener listener) {
    this.what = what;
    this.steps = steps;
    this.listener = listener;
  }

  /** Counts a step; once enough were seen, tells the listener. */
  public void step() {
    done++;
    if (done == WARM_UP) {
      began = System.nanoTime();
    } else if (done == WARM_UP + MEASURED && steps > done) {
      double seconds = (System.nanoTime() - began) * 1e-9 / MEASURED;
      listener.note(
          String.format(
              Locale.ROOT,
              "%s takes about %s (%d steps of %.2f s) and %.1f GB of memory",
              what,
              text(Duration.ofSeconds(Math.round(seconds * steps))),
              steps,
              seconds,
              Pointer.physicalBytes() * 1e-9));
    }
  }

  private static String text(Duration duration) {
    return duration.toHours() > 0
        ? "%d h %d min".formatted(duration.toHours(), duration.toMinutesPart())
        : duration.toMinutes() > 0
            ? "%d min %d s".formatted(duration.toMinutes(), duration.toSecondsPart())
            : duration.toSeconds() + " s";
  }
}
