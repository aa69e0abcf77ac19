package dev.capstan.pipeline.input;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What the machine calls its processor. */
public final class Processor {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  private Processor() {}

  public static String name() {
    String fallback = System.getProperty("os.arch") + ", " + System.getProperty("os.name");
    if (!Files.isReadable(CPU_INFO)) {
      return fallback;
    }
    try (Stream<String> lines = Files.lines(CPU_INFO)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).trim())
          .findFirst()
          .orElse(fallback);
    } catch (IOException unreadable) {
      return fallback;
    }
  }
}
