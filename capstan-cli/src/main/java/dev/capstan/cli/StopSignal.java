package dev.capstan.cli;

import dev.capstan.files.Drafts;
import java.io.IOException;
import java.time.Duration;
import org.jline.utils.Signals;

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

  /** Until the signal comes. */
  private static final Duration LONGEST = Duration.ofMillis(1000);

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
        // No hook runs any more.
        Drafts.end();
        end(signal.number);
      }
      Signals.registerDefault(signal.name());
    }
  }

  private static void end(int number) {
    for (StopSignal signal : values()) {
      if (signal.number == number) {
        signal.send();
      }
    }
    Runtime.getRuntime().halt(ExitCode.signalled(number));
  }

  /** Has the system send it once more, which is the end; returns where that cannot be. */
  void send() {
    if (System.getProperty("os.name", "").startsWith("Windows")) {
      return;
    }
    Signals.registerDefault(name());
    // Aside: what is in the way of a new process is not to be in the way of the end.
    Thread asking = new Thread(this::ask, "capstan-end");
    asking.setDaemon(true);
    asking.start();
    try {
      asking.join(LONGEST.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A process cannot send itself a signal that it does not handle, as far as Java goes. */
  private void ask() {
    String self = Long.toString(ProcessHandle.current().pid());
    try {
      new ProcessBuilder("kill", "-" + name(), self).start().waitFor();
      Thread.sleep(LONGEST.toMillis());
    } catch (IOException e) {
      // There is no such program: the process ends in the other way.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
