package dev.capstan.cli.table;

import dev.capstan.pipeline.machine.Versions;
import java.util.stream.Collectors;

/** The versions of the tool and of what computes. */
public final class VersionLines {
  private VersionLines() {}

  /** A line each, the tool's own first. */
  public static String text() {
    return Versions.all().entrySet().stream()
        .map(version -> version.getKey() + " " + version.getValue())
        .collect(Collectors.joining("%n".formatted()));
  }
}
