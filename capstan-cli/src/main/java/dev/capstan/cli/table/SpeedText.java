package dev.capstan.cli.table;

import dev.capstan.report.Speed;
import java.util.Locale;

/** What is to be known of measured times before they are believed. */
public final class SpeedText {
  /** Less is what the system itself takes now and then. */
  private static final double TELLING = 0.1;

  private SpeedText() {}

  /** What else the machine did while a run was timed; empty where that is next to nothing. */
  public static String others(Speed speed) {
    return speed.othersShare() < TELLING
        ? ""
        : String.format(
            Locale.ROOT,
            "while other work had %.0f %% of the processor",
            100 * speed.othersShare());
  }
}
