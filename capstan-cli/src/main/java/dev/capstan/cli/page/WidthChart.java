package dev.capstan.cli.page;

import dev.capstan.report.CompressReport.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Channels of each space before and after as bars along the network, in pixels.
 *
 * @param bars from the input to the output
 * @param widest channels of the highest bar
 */
public record WidthChart(List<Bar> bars, long widest) {
  /** Of the picture. */
  public static final int HEIGHT = 200;

  /** Width of a bar. */
  public static final int BAR = 12;

  private static final int STEP = 16;
  private static final int TOP = 20;

  /**
   * A space.
   *
   * @param x left edge
   */
  public record Bar(String name, long before, long after, int x, double scale) {
    /** What is kept, as a share. */
    public String kept() {
      return String.format(Locale.ROOT, "%.3f", (double) after / before);
    }

    /** What is said of it. */
    public String words() {
      return "%s: %d of %d channels (%s)".formatted(name, after, before, kept());
    }

    /** Height of the pale part, which the strong one covers from below. */
    public int beforeHeight() {
      return height(before);
    }

    /** Height of the strong part. */
    public int afterHeight() {
      return height(after);
    }

    /** Upper edge of the pale part. */
    public int beforeTop() {
      return HEIGHT - beforeHeight();
    }

    /** Upper edge of the strong part. */
    public int afterTop() {
      return HEIGHT - afterHeight();
    }

    private int height(long channels) {
      return (int) Math.max(1, Math.round(channels * scale));
    }
  }

  static WidthChart of(Map<String, Change> channels) {
    long widest = channels.values().stream().mapToLong(Change::before).max().orElse(1);
    double scale = (double) (HEIGHT - TOP) / widest;
    List<Bar> bars = new ArrayList<>();
    channels.forEach(
        (name, change) ->
            bars.add(new Bar(name, change.before(), change.after(), bars.size() * STEP, scale)));
    return new WidthChart(bars, widest);
  }

  /** Of the picture. */
  public int width() {
    return Math.max(120, bars.size() * STEP);
  }
}
