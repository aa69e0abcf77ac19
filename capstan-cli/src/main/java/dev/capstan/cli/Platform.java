package dev.capstan.cli;

import dev.capstan.error.InvalidInputException;
import java.util.Locale;

/**
 * An operating system and processor.
 *
 * @param system as the system property {@code os.name}
 * @param processor as the system property {@code os.arch}
 */
record Platform(String system, String processor) {
  /** This machine. */
  static Platform current() {
    return new Platform(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
  }

  /**
   * Checks that libtorch has natives for it.
   *
   * @throws InvalidInputException if not
   */
  void requireLibtorch() {
    if (!hasLibtorch()) {
      throw new InvalidInputException(
          "no libtorch for %s on %s: this command runs on Linux, Windows and macOS on x86_64, and macOS on arm64"
              .formatted(system, processor));
    }
  }

  private boolean hasLibtorch() {
    String name = system.toLowerCase(Locale.ROOT);
    boolean mac = name.startsWith("mac");
    boolean x86 = processor.equals("amd64") || processor.equals("x86_64");
    return x86
        ? mac || name.startsWith("linux") || name.startsWith("windows")
        : mac && processor.equals("aarch64");
  }
}
