package dev.capstan.space;

import java.util.List;

/**
 * The set of channel axes that must share one basis.
 *
 * @param name unique: the first node that produces it, or the graph input it comes from
 * @param width number of channels n
 * @param groups of its channels, each of which must keep equally many
 * @param producers nodes that write its channels through a weight
 * @param consumers nodes that read its channels through a weight
 * @param freedom what may be done to it
 * @param reason why it is not free, empty if it is
 * @param stream whether it is a residual stream: a sum of computed tensors
 */
public record Space(
    String name,
    int width,
    Groups groups,
    List<String> producers,
    List<String> consumers,
    Freedom freedom,
    String reason,
    boolean stream) {
  /** Copies the lists. */
  public Space {
    producers = List.copyOf(producers);
    consumers = List.copyOf(consumers);
  }

  /** Whether fewer channels can take the place of these, and would save something. */
  public boolean isCompressible() {
    return freedom != Freedom.PINNED && !producers.isEmpty() && !consumers.isEmpty();
  }
}
