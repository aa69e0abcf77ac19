package dev.capstan.cli;

import static java.util.Objects.requireNonNull;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** What a fuzzer calls, in a process of {@link FuzzTest}'s: it writes a file and has it read. */
public final class FuzzTarget {
  private static final Reader READER = Reader.valueOf(System.getProperty("capstan.reader"));
  private static final Path FILE =
      Path.of(System.getProperty("capstan.folder")).resolve(READER.fileName());

  private static final File TEMPORARY = new File(System.getProperty("java.io.tmpdir"));
  private static Set<String> before = Set.of();

  private FuzzTarget() {}

  /** Reads whole files, so that classes are loaded and memory is what reading takes. */
  public static void fuzzerInitialize() throws IOException {
    Path scratch = Files.createTempDirectory("samples");
    for (byte[] whole : READER.samples(scratch)) {
      read(whole);
    }
    before = temporaryFiles();
  }

  /** Called when all is read: nothing more lies among the temporary files. */
  public static void fuzzerTearDown() {
    if (!before.containsAll(temporaryFiles())) {
      throw new AssertionError("left of " + before + ": " + temporaryFiles());
    }
  }

  private static Set<String> temporaryFiles() {
    return Set.of(requireNonNull(TEMPORARY.list()));
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
