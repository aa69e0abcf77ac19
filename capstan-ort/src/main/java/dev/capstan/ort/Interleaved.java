package dev.capstan.ort;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Times jobs in turn: A B A B.
 *
 * @param limit time for all rounds, the first tenth of which warms up
 * @param clock nanoseconds, {@link System#nanoTime} outside tests
 */
record Interleaved(Duration limit, LongSupplier clock) {
  private static final int MIN_ROUNDS = 3;

  /** More rounds make the median no better. */
  private static final int MAX_ROUNDS = 500;

  /** The median time of each job in milliseconds, of at least three rounds. */
  double[] medians(List<? extends Runnable> jobs) {
    rounds(jobs, limit.toNanos() / 10, 1);
    List<long[]> rounds = rounds(jobs, limit.toNanos() * 9 / 10, MIN_ROUNDS);
    double[] medians = new double[jobs.size()];
    for (int job = 0; job < medians.length; job++) {
      medians[job] = median(rounds, job) / 1e6;
    }
    return medians;
  }

  private List<long[]> rounds(List<? extends Runnable> jobs, long nanos, int atLeast) {
    List<long[]> rounds = new ArrayList<>();
    long start = clock.getAsLong();
    while (rounds.size() < atLeast
        || (rounds.size() < MAX_ROUNDS && clock.getAsLong() - start < nanos)) {
      rounds.add(round(jobs));
    }
    return rounds;
  }

  private long[] round(List<? extends Runnable> jobs) {
    long[] times = new long[jobs.size()];
    for (int job = 0; job < times.length; job++) {
      long start = clock.getAsLong();
      jobs.get(job).run();
      times[job] = clock.getAsLong() - start;
    }
    return times;
  }

  private static double median(List<long[]> rounds, int job) {
    return median(rounds.stream().mapToDouble(times -> times[job]).toArray());
  }

  /** The middle value, the mean of the two where their number is even. */
  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
