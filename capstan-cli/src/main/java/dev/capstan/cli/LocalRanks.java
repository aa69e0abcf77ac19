package dev.capstan.cli;

import static java.util.Objects.requireNonNull;

import dev.capstan.cli.terminal.Console;
import dev.capstan.error.LostProcessException;
import dev.capstan.recipe.Rendezvous;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Processes of this tool, one a rank, of which none outlives this one. */
final class LocalRanks implements AutoCloseable {
  /** Environment variable that tells them which process is this one. */
  private static final String LAUNCHER = "CAPSTAN_LAUNCHER";

  private static final long LOOK_MILLIS = 50;

  /** For the others to end by themselves once one has: the one that leads says why. */
  private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(8);

  private static final int TERM = 15;

  /** What Gloo prints where results belong. */
  private static final String NOISE = "[Gloo] ";

  private final List<Process> processes = new ArrayList<>();
  private final List<Thread> printing = new ArrayList<>();

  private LocalRanks() {}

  /**
   * Starts them all.
   *
   * @param words the command
   * @param store the file that they meet in
   * @param console takes what the process of rank 0 prints
   */
  static LocalRanks start(List<String> words, int count, Path store, Console console) {
    LocalRanks ranks = new LocalRanks();
    try {
      for (int rank = 0; rank < count; rank++) {
        Process process = process(words, environment(rank, count, store));
        ranks.processes.add(process);
        process.getOutputStream().close();
      }
    } catch (IOException e) {
      ranks.close();
      throw new LostProcessException("a process cannot be started: " + e.getMessage(), e);
    }
    ranks.print(console.out());
    return ranks;
  }

  private static Process process(List<String> words, Map<String, String> environment)
      throws IOException {
    Stream<String> java =
        Stream.of(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    Stream<String> options = ManagementFactory.getRuntimeMXBean().getInputArguments().stream();
    Stream<String> main =
        Stream.of("-cp", System.getProperty("java.class.path"), Main.class.getName());
    List<String> command =
        Stream.of(java, options, main, words.stream()).flatMap(part -> part).toList();
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(Redirect.INHERIT);
    builder.environment().putAll(environment);
    return builder.start();
  }

  private static Map<String, String> environment(int rank, int count, Path store) {
    Map<String, String> environment = new HashMap<>(Rendezvous.environment(rank, count, store));
    environment.put(LAUNCHER, Long.toString(ProcessHandle.current().pid()));
    return environment;
  }

  /**
   * Has a process that was started here stop its work once the one that started it has ended, which
   * a signal may have done that nobody can handle.
   *
   * @param environment of the process, which may be any
   */
  static void endWithLauncher(Map<String, String> environment, Interruption interruption) {
    String launcher = environment.get(LAUNCHER);
    if (launcher != null) {
      ProcessHandle.of(Long.parseLong(launcher))
          .map(ProcessHandle::onExit)
          .orElse(CompletableFuture.completedFuture(null))
          .thenRun(() -> interruption.signal(TERM));
    }
  }

  /** Only the process that leads has something to print. */
  private void print(PrintStream out) {
    for (Process process : processes) {
      boolean leads = process == processes.get(0);
      Thread thread =
          new Thread(() -> copy(process.inputReader(), leads ? out : null), "capstan-print");
      thread.setDaemon(true);
      thread.start();
      printing.add(thread);
    }
  }

  private static void copy(BufferedReader lines, @Nullable PrintStream out) {
    try (lines) {
      lines
          .lines()
          .filter(line -> out != null && !line.startsWith(NOISE))
          .forEach(line -> requireNonNull(out).println(line));
    } catch (IOException | UncheckedIOException e) {
      // The process is gone, which is seen elsewhere.
    }
  }

  /**
   * Waits until all have ended.
   *
   * @param signal number of a signal that asks to stop, once there is one
   * @return the exit code of the one that leads
   * @throws LostProcessException if one was killed
   */
  int end(Supplier<OptionalInt> signal) {
    boolean asked = false;
    long firstEnd = 0;
    while (processes.stream().anyMatch(Process::isAlive)) {
      OptionalInt stop = signal.get();
      if (stop.isPresent() && !asked) {
        asked = true;
        // A terminal sends Ctrl-C to all of them itself.
        processes.stream().filter(one -> stop.getAsInt() == TERM).forEach(Process::destroy);
      }
      boolean ended = asked || !processes.stream().allMatch(Process::isAlive);
      firstEnd = ended && firstEnd == 0 ? System.nanoTime() : firstEnd;
      if (ended && !isOrderly() && System.nanoTime() - firstEnd > GRACE_NANOS) {
        processes.forEach(Process::destroyForcibly);
      }
      pause();
    }
    await(printing);
    if (!asked) {
      nameKilled();
    }
    return processes.get(0).exitValue();
  }

  /** Whether all that have ended had no more to do: the one that leads may still be at work. */
  private boolean isOrderly() {
    return processes.stream().filter(one -> !one.isAlive()).allMatch(one -> one.exitValue() == 0);
  }

  private void nameKilled() {
    for (int rank = 0; rank < processes.size(); rank++) {
      int code = processes.get(rank).exitValue();
      if (code > ExitCode.SIGNALLED) {
        throw new LostProcessException(
            "rank %d (process %d) was killed by signal %d"
                .formatted(rank, processes.get(rank).pid(), code - ExitCode.SIGNALLED));
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(LOOK_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LostProcessException("interrupted while waiting for processes", e);
    }
  }

  private static void await(List<Thread> threads) {
    try {
      for (Thread thread : threads) {
        thread.join(TimeUnit.SECONDS.toMillis(5));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    processes.forEach(Process::destroyForcibly);
  }
}
