package dev.capstan.ort;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Times jobs in turn, A B A B, until every median is known well enough or the time is up.
 *
 * <p>A median of n times x(1) <= ... <= x(n) lies in [x(n/2 - d), x(n/2 + d)], d = 0.98 sqrt(n),
 * with a confidence of 95 %, however the times are distributed. It is known well enough when that
 * interval is no wider than {@value #WIDTH} of it.
 *
 * @param limit time for all rounds, the first tenth of which warms up
 * @param clock nanoseconds, {@link System#nanoTime} outside tests
 */
record Interleaved(Duration limit, LongSupplier clock) {
  private static final double WIDTH = 0.02;
  private static final int MIN_ROUNDS = 3;

  /** From here on the interval means something. */
  private static final int SOME_ROUNDS = 30;

  private static final int WARM_UP_ROUNDS = 100;

  /** More rounds make the median no better. */
  private static final int MAX_ROUNDS = 500;

  /** The median time of each job in milliseconds, of at least three rounds. */
  double[] medians(List<? extends Runnable> jobs) {
    warmUp(jobs);
    Rounds rounds = new Rounds(jobs.size());
    long start = clock.getAsLong();
    while (rounds.count() < MIN_ROUNDS
        || (rounds.count() < MAX_ROUNDS
            && clock.getAsLong() - start < limit.toNanos() * 9 / 10
            && !rounds.areEnough())) {
      rounds.add(round(jobs));
    }
    return rounds.medians();
  }

  private void warmUp(List<? extends Runnable> jobs) {
    long start = clock.getAsLong();
    int rounds = 0;
    do {
      jobs.forEach(Runnable::run);
      rounds++;
    } while (rounds < WARM_UP_ROUNDS && clock.getAsLong() - start < limit.toNanos() / 10);
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

  /** The middle value, the mean of the two where their number is even. */
  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** The times of each round. */
  private static final class Rounds {
    private final int jobs;
    private final List<long[]> times = new ArrayList<>();

    Rounds(int jobs) {
      this.jobs = jobs;
    }

    int count() {
      return times.size();
    }

    void add(long[] round) {
      times.add(round);
    }

    double[] medians() {
      double[] medians = new double[jobs];
      for (int job = 0; job < jobs; job++) {
        medians[job] = median(of(job)) / 1e6;
      }
      return medians;
    }

    /** Looked at every ten rounds: between two runs there is to be little else. */
    boolean areEnough() {
      if (count() < SOME_ROUNDS || count() % 10 != 0) {
        return false;
      }
      for (int job = 0; job < jobs; job++) {
        if (!isKnown(of(job))) {
          return false;
        }
      }
      return true;
    }

    private static boolean isKnown(double[] values) {
      Arrays.sort(values);
      double half = 0.98 * Math.sqrt(values.length);
      int low = (int) Math.floor(values.length / 2.0 - half);
      int high = (int) Math.ceil(values.length / 2.0 + half);
      return values[high] - values[low] <= WIDTH * median(values);
    }

    private double[] of(int job) {
      return times.stream().mapToDouble(round -> round[job]).toArray();
    }
  }
}
