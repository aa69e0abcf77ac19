package dev.capstan.torch.internal.distributed;

import dev.capstan.recipe.Rendezvous;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Processes of their own that share a piece of work with each other: one a rank. */
public final class LocalProcesses implements AutoCloseable {
  private static final int LONGEST_SECONDS = 60;

  /** What one process does. */
  public interface Work {
    /** Does it. */
    void run(Rendezvous rendezvous, String... arguments) throws Exception;
  }

  private final List<Process> processes = new ArrayList<>();

  /** Starts so many processes of a work that has a constructor without arguments. */
  public static LocalProcesses start(
      Class<? extends Work> work, int worldSize, Path folder, String... arguments) {
    LocalProcesses started = new LocalProcesses();
    for (int rank = 0; rank < worldSize; rank++) {
      started.processes.add(process(work, rank, worldSize, folder, arguments));
    }
    return started;
  }

  private static Process process(
      Class<? extends Work> work, int rank, int worldSize, Path folder, String... arguments) {
    Stream<String> java =
        Stream.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx1g",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xshare:auto",
            "-cp",
            System.getProperty("java.class.path"),
            LocalProcesses.class.getName(),
            work.getName());
    ProcessBuilder builder =
        new ProcessBuilder(Stream.concat(java, Stream.of(arguments)).toList())
            .redirectErrorStream(true)
            .redirectOutput(output(folder, rank));
    builder.environment().putAll(Rendezvous.environment(rank, worldSize, folder.resolve("store")));
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a process has printed. */
  public static File output(Path folder, int rank) {
    return folder.resolve("rank-" + rank + ".txt").toFile();
  }

  /** The process of a rank. */
  public Process process(int rank) {
    return processes.get(rank);
  }

  /** Waits for all; their exit codes. */
  public List<Integer> codes() throws InterruptedException {
    List<Integer> codes = new ArrayList<>();
    for (Process process : processes) {
      codes.add(process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS) ? process.exitValue() : -1);
    }
    return codes;
  }

  @Override
  public void close() {
    processes.forEach(Process::destroyForcibly);
  }

  /** One process. */
  public static void main(String[] args) throws Exception {
    Work work = (Work) Class.forName(args[0]).getDeclaredConstructor().newInstance();
    Rendezvous rendezvous = Rendezvous.of(System.getenv()).orElseThrow();
    int code = 0;
    try {
      work.run(rendezvous, Arrays.copyOfRange(args, 1, args.length));
    } catch (RuntimeException e) {
      System.out.println(e.getClass().getSimpleName() + ": " + e.getMessage());
      code = 1;
    }
    // Natives that still wait for a lost process are not waited for.
    Runtime.getRuntime().halt(code);
  }
}
