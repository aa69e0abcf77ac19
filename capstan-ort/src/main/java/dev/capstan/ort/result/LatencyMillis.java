package dev.capstan.ort.result;

import org.jspecify.annotations.Nullable;

/**
 * Median time of one run, in milliseconds.
 *
 * @param oneThread with one thread
 * @param allThreads with all of the machine's
 * @param processorShare of its processor that the one thread got; others had the rest. Null where
 *     the machine does not tell
 */
public record LatencyMillis(double oneThread, double allThreads, @Nullable Double processorShare) {
  /** Times of a machine that does not tell what else it did. */
  public LatencyMillis(double oneThread, double allThreads) {
    this(oneThread, allThreads, null);
  }
}
