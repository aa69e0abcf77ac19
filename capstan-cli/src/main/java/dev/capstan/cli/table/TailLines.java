package dev.capstan.cli.table;

import dev.capstan.report.UncompressedTail;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is said of the part of a network that is carried over, and of totals that it leaves open.
 */
public final class TailLines {
  /** Nodes named before the rest is counted. */
  private static final int NAMED = 3;

  private TailLines() {}

  /** What a number of MACs begins with. */
  public static String atLeast(@Nullable UncompressedTail tail) {
    return tail == null || tail.uncounted().isEmpty() ? "" : "at least ";
  }

  /** Lines about a tail, each after a line feed: its share, what is not counted, what was fed. */
  public static String of(UncompressedTail tail) {
    StringBuilder lines = new StringBuilder();
    lines.append(
        "%nwhat is carried over has %s%s of the MACs and %s of the parameters"
            .formatted(
                atLeast(tail), Quantity.count(tail.macs()), Quantity.count(tail.parameters())));
    int count = tail.uncounted().size();
    if (count > 0) {
      lines.append(
          "%n%d node%s not counted: %s"
              .formatted(count, count == 1 ? "" : "s", shortened(tail.uncounted())));
    }
    if (!tail.assumed().isEmpty()) {
      lines.append(
          "%ncounted with ones for %s: say what is fed with --input NAME=NUMBER,..."
              .formatted(String.join(", ", tail.assumed())));
    }
    return lines.toString();
  }

  private static String shortened(List<String> names) {
    int left = names.size() - NAMED;
    return String.join(", ", names.subList(0, Math.min(NAMED, names.size())))
        + (left > 0 ? " and " + left + " more" : "");
  }
}
