package dev.capstan.bench;

import dev.capstan.files.TemporaryFolder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What it costs to share training steps: images a second of two processes together, beside two that
 * know nothing of each other and run at the same time. Each has one thread and a processor of its
 * own (Linux: by {@code taskset}).
 *
 * <p>Both pairs are alive throughout, and run in turn for some seconds each while the other is
 * stopped: what else the machine does changes from minute to minute, by more than is asked here.
 *
 * <p>Arguments: blocks a stage (3 is ResNet-20, 9 ResNet-56), turns of each pair, processors to be
 * used: {@code 3 20 0,1}.
 */
public final class SharedStepsBenchmark {
  private static final long TURN_MILLIS = 6000;

  /** Turns of each pair until the virtual machines have compiled what runs often. */
  private static final int WARM_UP = 4;

  private SharedStepsBenchmark() {}

  /** Runs all. */
  public static void main(String[] args) throws Exception {
    int blocks = Integer.parseInt(args[0]);
    int turns = Integer.parseInt(args[1]);
    try (TemporaryFolder folder = TemporaryFolder.make();
        Pair apart = Pair.start(args, null);
        Pair together = Pair.start(args, folder.path().resolve("store"))) {
      apart.stop();
      together.takeSteps();
      together.stop();
      apart.takeTurn();
      IntStream.range(0, WARM_UP).forEach(turn -> takeTurns(apart, together));
      apart.forget();
      together.forget();
      IntStream.range(0, turns).forEach(turn -> takeTurns(apart, together));
      System.out.printf(
          Locale.ROOT,
          "ResNet-%d, %d processes, %d turns of %d s each: %.1f images/s together, %.1f apart: efficiency %.3f%n",
          6 * blocks + 2,
          TrainingProcess.PROCESSES,
          turns,
          TURN_MILLIS / 1000,
          together.imagesPerSecond(),
          apart.imagesPerSecond(),
          together.imagesPerSecond() / apart.imagesPerSecond());
    }
  }

  private static void takeTurns(Pair apart, Pair together) {
    apart.takeTurn();
    together.takeTurn();
  }

  /** Two processes, stopped but for their turns. */
  private static final class Pair implements AutoCloseable {
    private final List<Process> processes;
    private final AtomicLong images = new AtomicLong();
    private long before;
    private long nanos;

    private Pair(List<Process> processes) {
      this.processes = processes;
      processes.forEach(process -> new Thread(() -> count(process)).start());
    }

    static Pair start(String[] args, @Nullable Path store) throws IOException {
      String[] processors = args[2].split(",");
      List<Process> processes = new ArrayList<>();
      for (int rank = 0; rank < TrainingProcess.PROCESSES; rank++) {
        String processor = processors[rank % processors.length];
        processes.add(TrainingProcess.start(args[0], processor, rank, store));
      }
      return new Pair(processes);
    }

    private void count(Process process) {
      try (BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        lines
            .lines()
            .filter(line -> line.startsWith(TrainingProcess.SEEN))
            .mapToLong(line -> Long.parseLong(line.substring(TrainingProcess.SEEN.length())))
            .forEach(images::addAndGet);
      } catch (IOException | UncheckedIOException e) {
        // The process was ended.
      }
    }

    /** Until the first step is done, however long it takes to start. */
    void takeSteps() {
      signal("CONT");
      while (images.get() == 0) {
        sleep(100);
        if (processes.stream().noneMatch(Process::isAlive)) {
          throw new IllegalStateException("the processes ended before their first step");
        }
      }
    }

    void takeTurn() {
      long begun = System.nanoTime();
      signal("CONT");
      sleep(TURN_MILLIS);
      stop();
      nanos += System.nanoTime() - begun;
    }

    void stop() {
      signal("STOP");
    }

    void forget() {
      before = images.get();
      nanos = 0;
    }

    double imagesPerSecond() {
      return (images.get() - before) / (nanos * 1e-9);
    }

    private void signal(String name) {
      Stream<String> pids = processes.stream().map(process -> Long.toString(process.pid()));
      List<String> command = Stream.concat(Stream.of("kill", "-" + name), pids).toList();
      try {
        if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
          throw new IllegalStateException(command + " failed: a process has ended");
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    private static void sleep(long millis) {
      try {
        TimeUnit.MILLISECONDS.sleep(millis);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void close() {
      processes.forEach(Process::destroyForcibly);
    }
  }
}
