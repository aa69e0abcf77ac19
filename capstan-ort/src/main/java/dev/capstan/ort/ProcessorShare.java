package dev.capstan.ort;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The share of a processor that this thread got while it computed something: the rest went to
 * others, and a wall clock counts their time, too.
 */
final class ProcessorShare {
  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private @Nullable Double found;

  /** Computes something that neither waits nor leaves this thread. */
  <T> T during(Supplier<T> work) {
    if (!threads.isCurrentThreadCpuTimeSupported()) {
      return work.get();
    }
    long begun = System.nanoTime();
    long own = threads.getCurrentThreadCpuTime();
    T result = work.get();
    double used = threads.getCurrentThreadCpuTime() - own;
    found = Math.min(1, used / (System.nanoTime() - begun));
    return result;
  }

  /** What was found; null where the machine does not tell. */
  @Nullable Double found() {
    return found;
  }
}
