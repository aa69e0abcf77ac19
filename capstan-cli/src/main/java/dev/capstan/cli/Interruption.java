package dev.capstan.cli;

import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import org.jline.utils.Signals;

/**
 * Ctrl-C and SIGTERM.
 *
 * <p>Nothing polls at first, and a signal ends the process. Once a job polls, the first signal only
 * asks it to stop, which leaves it the time to write a checkpoint; the second ends the process, and
 * so does a while in which the job did not come to an end: some steps of its work are long.
 *
 * <p>Signals are handled rather than a shutdown hook: hooks of the native libraries run beside ours
 * and would free what the job still uses.
 */
public final class Interruption {
  /** What a job is given to stop: who asks is to be answered within five seconds. */
  private static final Duration GRACE = Duration.ofMillis(4000);

  private final IntConsumer exit;
  private final Duration grace;
  private volatile int signal;
  private volatile boolean polled;

  public Interruption(IntConsumer exit) {
    this(exit, GRACE);
  }

  Interruption(IntConsumer exit, Duration grace) {
    this.exit = exit;
    this.grace = grace;
  }

  /** The one that this process's signals reach. */
  static Interruption bySignals() {
    // No hooks, for the same reason: the job's thread is still running.
    Interruption interruption = new Interruption(Runtime.getRuntime()::halt);
    Signals.register("INT", () -> interruption.signal(2));
    Signals.register("TERM", () -> interruption.signal(15));
    return interruption;
  }

  /** Takes a signal. */
  public void signal(int number) {
    boolean asks = polled && signal == 0;
    signal = number;
    if (asks) {
      CompletableFuture.delayedExecutor(grace.toMillis(), TimeUnit.MILLISECONDS)
          .execute(() -> exit.accept(ExitCode.signalled(number)));
    } else {
      exit.accept(ExitCode.signalled(number));
    }
  }

  /** Whether to stop. From now on the first signal only asks. */
  public BooleanSupplier poll() {
    polled = true;
    return () -> signal != 0;
  }

  /** The process's exit code if a signal came, else none. */
  public OptionalInt exitCode() {
    return signal == 0 ? OptionalInt.empty() : OptionalInt.of(ExitCode.signalled(signal));
  }
}
