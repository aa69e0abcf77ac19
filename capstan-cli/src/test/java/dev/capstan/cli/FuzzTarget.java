package dev.capstan.cli;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a fuzzer calls, in a process of {@link FuzzTest}'s: it writes a file and has it read. */
public final class FuzzTarget {
  private static final long LONGEST = 10_000_000_000L;
  private static final Reader READER = Reader.valueOf(System.getProperty("capstan.reader"));
  private static final Path FILE =
      Path.of(System.getProperty("capstan.folder")).resolve(READER.fileName());

  private FuzzTarget() {}

  /** Reads whole files, so that classes are loaded and memory is what reading takes. */
  public static void fuzzerInitialize() throws IOException {
    Path scratch = Files.createTempDirectory("samples");
    for (byte[] whole : READER.samples(scratch)) {
      read(whole);
    }
  }

  /**
   * One file.
   *
   * @throws AssertionError if it takes more than 10 s of a core, whoever else wants the machine
   */
  public static void fuzzerTestOneInput(byte[] bytes) throws IOException {
    long began = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    read(bytes);
    long took = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - began;
    if (took > LONGEST) {
      throw new AssertionError("%.1f s of a core".formatted(took * 1e-9));
    }
  }

  private static void read(byte[] bytes) throws IOException {
    // Written anew: what was read of the one before may still be mapped.
    Files.deleteIfExists(FILE);
    Files.write(FILE, bytes);
    READER.survive(FILE);
  }
}
