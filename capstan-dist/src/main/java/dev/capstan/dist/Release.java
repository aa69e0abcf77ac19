package dev.capstan.dist;

import java.nio.file.Path;
import java.time.Instant;

/**
 * What is released.
 *
 * @param checkout the folder of the whole project
 * @param version as Maven has it
 * @param platform as JavaCPP names those that it has natives for: {@code linux-x86_64}
 * @param time of every file in it: equal sources give equal bytes
 */
record Release(Path checkout, String version, String platform, Instant time) {
  private static final String SNAPSHOT = "-SNAPSHOT";

  /** The folder that an archive unpacks to, and its name before what says its kind. */
  String name() {
    return "capstan-" + version + "-" + platform;
  }

  /** As Python orders versions: {@code 0.1.0.dev0} comes before {@code 0.1.0}. */
  String pythonVersion() {
    return version.endsWith(SNAPSHOT)
        ? version.substring(0, version.length() - SNAPSHOT.length()) + ".dev0"
        : version;
  }

  /** Where it is made. */
  Path target() {
    return checkout.resolve("capstan-dist").resolve("target");
  }
}
