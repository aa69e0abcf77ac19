package dev.capstan.cli.terminal;

import java.time.Duration;
import java.util.function.LongSupplier;

/** How long something has gone on, and when it is told of again. */
final class Pace {
  private final LongSupplier clock;
  private final long interval;
  private long start;
  private long last;

  /**
   * Begins now.
   *
   * @param interval from one line to the next, at least
   * @param clock in nanoseconds
   */
  Pace(Duration interval, LongSupplier clock) {
    this.clock = clock;
    this.interval = interval.toNanos();
    begin();
    told();
  }

  /** Something else begins; lines keep their distance. */
  void begin() {
    start = clock.getAsLong();
  }

  /** The next line is an interval away. */
  void told() {
    last = clock.getAsLong();
  }

  /** Whether it is time for a line; then the next one is an interval away. */
  boolean isDue() {
    boolean due = clock.getAsLong() - last >= interval;
    if (due) {
      told();
    }
    return due;
  }

  /** Since it began. */
  double seconds() {
    return (clock.getAsLong() - start) * 1e-9;
  }

  /** What is left at the pace so far, in seconds; some must be done. */
  double secondsLeft(long done, long total) {
    return seconds() / done * (total - done);
  }
}
