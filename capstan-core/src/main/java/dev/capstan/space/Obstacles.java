package dev.capstan.space;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Why channel spaces keep their channels, in words. */
public final class Obstacles {
  /** Names and reasons shown before the rest is counted. */
  private static final int NAMED = 3;

  private Obstacles() {}

  /**
   * What keeps the spaces that cannot be compressed, the reason of most channels first: {@code a
   * softmax over channels (space fc), the network's output (space out)}.
   */
  public static String of(ChannelSpaces spaces) {
    Map<String, List<Space>> byReason =
        spaces.all().stream()
            .filter(space -> !space.isCompressible())
            .collect(
                Collectors.groupingBy(Obstacles::reason, LinkedHashMap::new, Collectors.toList()));
    if (byReason.isEmpty()) {
      return "it has no channels";
    }
    List<String> told =
        byReason.entrySet().stream()
            .sorted((a, b) -> width(b.getValue()) - width(a.getValue()))
            .map(entry -> entry.getKey() + " (space " + named(entry.getValue()) + ")")
            .toList();
    return shortened(told, "; ");
  }

  private static String reason(Space space) {
    if (space.freedom() == Freedom.PINNED) {
      return space.reason();
    }
    return space.producers().isEmpty()
        ? "no constant weights write its channels"
        : "no constant weights read its channels";
  }

  private static int width(List<Space> spaces) {
    return spaces.stream().mapToInt(Space::width).sum();
  }

  private static String named(List<Space> spaces) {
    return shortened(spaces.stream().map(Space::name).toList(), ", ");
  }

  private static String shortened(List<String> all, String between) {
    int left = all.size() - NAMED;
    return String.join(between, all.subList(0, Math.min(NAMED, all.size())))
        + (left > 0 ? " and " + left + " more" : "");
  }
}
