package dev.capstan.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a fuzzer calls, in a process of {@link FuzzTest}'s: it writes a file and has it read. */
public final class FuzzTarget {
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

  /** One file. */
  public static void fuzzerTestOneInput(byte[] bytes) throws IOException {
    read(bytes);
  }

  private static void read(byte[] bytes) throws IOException {
    // Written anew: what was read of the one before may still be mapped.
    Files.deleteIfExists(FILE);
    Files.write(FILE, bytes);
    READER.survive(FILE);
  }
}
