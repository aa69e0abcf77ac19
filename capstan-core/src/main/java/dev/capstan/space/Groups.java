package dev.capstan.space;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Groups of a space's channels, each of which must keep equally many.
 *
 * @param divisions which group each channel belongs to, counted from 0: none where there are no
 *     groups, two where channels are dealt out between grouped convolutions, so that those of a
 *     group before are of several groups behind
 * @param readAlone whether what reads a group reads no other: then D is as E
 */
public record Groups(List<List<Integer>> divisions, boolean readAlone) {
  /** No demand. */
  public static final Groups NONE = new Groups(List.of(), false);

  /** Copies the lists. */
  public Groups {
    divisions = divisions.stream().map(List::copyOf).toList();
  }

  /** Equal runs of channels. */
  public static Groups runs(int width, int count, boolean readAlone) {
    return count == 1 ? NONE : new Groups(List.of(run(width, count)), readAlone);
  }

  /** Which of some equal runs each channel belongs to. */
  static List<Integer> run(int width, int count) {
    return IntStream.range(0, width).mapToObj(channel -> channel / (width / count)).toList();
  }

  /** Number of groups: a rank is a multiple of it. */
  public int count() {
    return divisions.isEmpty() ? 1 : Collections.max(divisions.get(0)) + 1;
  }
}
