package dev.capstan.cli;

import org.jline.utils.Signals;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signals that stop a job.
 *
 * <p>A process that one has stopped ends by that signal itself, as if nobody handled it. Java's own
 * ways out, {@code exit} and {@code halt}, wait up to ten seconds for what its compiler is at, then
 * run what the native libraries have to do at the end of a process, while their threads still work.
 */
enum StopSignal {
  /** Ctrl-C. */
  INT(2),

  /** What {@code kill} and a service's stop send. */
  TERM(15);

  private static final Logger LOG = LoggerFactory.getLogger(StopSignal.class);

  private final int number;

  StopSignal(int number) {
    this.number = number;
  }

  /** What the signals of this process reach from now on. */
  static Interruption handled() {
    Interruption interruption = new Interruption(StopSignal::end);
    for (StopSignal signal : values()) {
      Signals.register(signal.name(), () -> interruption.signal(signal.number));
    }
    return interruption;
  }

  /**
   * Ends the process if one of these has given it its exit code. Otherwise nothing is left to stop:
   * from now on the signals do what they do by themselves, at once.
   */
  static void finish(int code) {
    for (StopSignal signal : values()) {
      if (code == ExitCode.signalled(signal.number)) {
        end(signal.number);
      }
      Signals.registerDefault(signal.name());
    }
  }

  private static void end(int number) {
    for (StopSignal signal : values()) {
      if (signal.number == number) {
        signal.raise();
      }
    }
    // Where processes cannot end by a signal.
    Runtime.getRuntime().halt(ExitCode.signalled(number));
  }

  private void raise() {
    if (System.getProperty("os.name", "").startsWith("Windows")) {
      return;
    }
    Signals.registerDefault(name());
    try {
      // By its name, as JLine does: compilers warn of the class, and cannot be told not to.
      Class<?> type = Class.forName("sun.misc.Signal");
      Object signal = type.getConstructor(String.class).newInstance(name());
      type.getMethod("raise", type).invoke(null, signal);
    } catch (ReflectiveOperationException e) {
      LOG.debug("{} cannot be raised", this, e);
    }
  }
}
