package dev.capstan.cli;

import java.util.OptionalInt;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import org.jline.utils.Signals;

/**
 * Ctrl-C and SIGTERM.
 *
 * <p>Nothing polls at first, and a signal ends the process. Once a job polls, the first signal only
 * asks it to stop, which leaves it the time to write a checkpoint; the second ends the process.
 *
 * <p>Signals are handled rather than a shutdown hook: hooks of the native libraries run beside ours
 * and would free what the job still uses.
 */
public final class Interruption {
  private final IntConsumer exit;
  private volatile int signal;
  private volatile boolean polled;

  public Interruption(IntConsumer exit) {
    this.exit = exit;
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
    if (!asks) {
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
