package dev.capstan.cli;

import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

/**
 * Ctrl-C and SIGTERM.
 *
 * <p>Nothing polls at first, and a signal ends the process. Once a job polls, the first signal only
 * asks it to stop, which leaves it the time to write a checkpoint; the second ends the process, and
 * so does a while in which the job did not come to an end: some steps of its work are long.
 *
 * <p>Signals are handled ({@link StopSignal}) rather than a shutdown hook: hooks of the native
 * libraries run beside ours and would free what the job still uses.
 */
public final class Interruption {
  /**
   * What a job is given to stop: who asks is to be answered within five seconds, also by a machine
   * that is busy with other things.
   */
  private static final Duration GRACE = Duration.ofMillis(1500);

  /** For drafts and last words: a full pipe or a slow disk must not hold up the end. */
  private static final Duration LAST = Duration.ofMillis(1000);

  private final IntConsumer end;
  private final Duration grace;
  private final AtomicBoolean ended = new AtomicBoolean();
  private volatile Runnable last = () -> {};
  private volatile int signal;
  private volatile boolean polled;

  /**
   * What signals reach.
   *
   * @param end ends the process at a signal of this number
   */
  public Interruption(IntConsumer end) {
    this(end, GRACE);
  }

  Interruption(IntConsumer end, Duration grace) {
    this.end = end;
    this.grace = grace;
  }

  /** Takes a signal. */
  public void signal(int number) {
    boolean asks = polled && signal == 0;
    signal = number;
    if (asks) {
      after(grace, () -> leave(number));
    } else {
      leave(number);
    }
  }

  private void leave(int number) {
    if (ended.get()) {
      return;
    }
    after(LAST, () -> end(number));
    last.run();
    end(number);
  }

  private void end(int number) {
    if (ended.compareAndSet(false, true)) {
      end.accept(number);
    }
  }

  /** On a thread of its own: those of a pool may all be at work. */
  private static void after(Duration wait, Runnable action) {
    Thread thread = new Thread(() -> sleepThen(wait, action), "capstan-interruption");
    thread.setDaemon(true);
    thread.start();
  }

  private static void sleepThen(Duration wait, Runnable action) {
    try {
      Thread.sleep(wait.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    action.run();
  }

  /** What is done before the process ends in the middle of a job. */
  public void last(Runnable action) {
    last = action;
  }

  /** Whether to stop. From now on the first signal only asks. */
  public BooleanSupplier poll() {
    polled = true;
    return () -> signal != 0;
  }

  /** The number of the signal that came, 0 for none. */
  int signal() {
    return signal;
  }

  /**
   * The process's exit code if a signal came, else none. A job that asks for it has stopped by
   * itself: nothing is ended in the middle any more.
   */
  public OptionalInt exitCode() {
    if (signal == 0) {
      return OptionalInt.empty();
    }
    ended.set(true);
    return OptionalInt.of(ExitCode.signalled(signal));
  }
}
