package dev.capstan.cli.table;

import java.time.Duration;
import java.util.Locale;

/** Numbers as people read them, the same in every locale. */
public final class Quantity {
  private static final String PREFIXES = " kMGTPE";

  private Quantity() {}

  /** Three digits and a prefix for thousands: 512, 40.6 M, 1.23 G. */
  public static String count(long value) {
    double scaled = value;
    int prefix = 0;
    // 999.5 would print as 1000.
    while (Math.abs(scaled) >= 999.5 && prefix < PREFIXES.length() - 1) {
      scaled /= 1000;
      prefix++;
    }
    return prefix == 0 ? Long.toString(value) : digits(scaled) + " " + PREFIXES.charAt(prefix);
  }

  /** A size in bytes: 512 B, 1.10 MB. */
  public static String bytes(long size) {
    return (size < 1000 ? size + " " : count(size)) + "B";
  }

  /** How many threads work. */
  public static String threads(int threads) {
    return threads == 1 ? "1 thread" : threads + " threads";
  }

  private static String digits(double value) {
    double size = Math.abs(value);
    int decimals = size < 9.995 ? 2 : size < 99.95 ? 1 : 0;
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  /** A share as a percentage with one decimal: 0.506 as 50.6 %. */
  public static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  /** The same of seconds, as far as they are whole. */
  public static String duration(double seconds) {
    return duration(Duration.ofSeconds((long) seconds));
  }

  /** Hours, minutes and seconds: 0:42, 12:05, 3:00:00. */
  public static String duration(Duration time) {
    long hours = time.toHours();
    String minutes =
        hours > 0 ? "%d:%02d".formatted(hours, time.toMinutesPart()) : "" + time.toMinutesPart();
    return "%s:%02d".formatted(minutes, time.toSecondsPart());
  }
}
