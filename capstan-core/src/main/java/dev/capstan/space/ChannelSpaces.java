package dev.capstan.space;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Graph;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The channel spaces of a graph, and where their channels lie in its values and constants. */
public final class ChannelSpaces {
  private final Graph graph;
  private final Residual residual;
  private final Map<String, Space> spaces = new LinkedHashMap<>();
  private final Map<String, ChannelLayout> layouts;
  private final Map<String, List<Binding>> bindings;
  private final Set<String> pooling;

  ChannelSpaces(
      Graph graph,
      Residual residual,
      List<Space> spaces,
      Map<String, ChannelLayout> layouts,
      List<Binding> bindings,
      Set<String> pooling) {
    this.graph = graph;
    this.residual = residual;
    this.pooling = Set.copyOf(pooling);
    spaces.forEach(space -> this.spaces.put(space.name(), space));
    this.layouts = Collections.unmodifiableMap(new LinkedHashMap<>(layouts));
    this.bindings =
        bindings.stream()
            .collect(Collectors.groupingBy(Binding::node, LinkedHashMap::new, Collectors.toList()));
  }

  /** The channel spaces of a graph whose residual streams are treated by {@code residual}. */
  public static ChannelSpaces of(Graph graph, Residual residual) {
    return SpaceAnalysis.run(graph, residual);
  }

  /** What becomes of residual streams (docs/method.md, section 3). */
  public enum Residual {
    /** They keep their channels; only the inside of blocks is compressed. */
    KEEP,
    /** They are spaces like any other. */
    PROJECT
  }

  /** The graph whose channels these are. */
  public Graph graph() {
    return graph;
  }

  /** How its residual streams are treated: with the graph it says what all spaces are. */
  public Residual residual() {
    return residual;
  }

  /** All spaces, in the order of the nodes that give them. */
  public List<Space> all() {
    return List.copyOf(spaces.values());
  }

  /** The spaces that can be given fewer channels. */
  public List<Space> compressible() {
    return spaces.values().stream().filter(Space::isCompressible).toList();
  }

  /** The space of this name. */
  public Space space(String name) {
    Space space = spaces.get(name);
    if (space == null) {
      throw new InvalidInputException("no channel space is named '" + name + "'");
    }
    return space;
  }

  /** Which channels lie in a value, or null if it has no channel axis. */
  public @Nullable ChannelLayout layout(String value) {
    return layouts.get(value);
  }

  /** Where the constants that a node reads lie along channels. */
  public List<Binding> bindings(String node) {
    return bindings.getOrDefault(node, List.of());
  }

  /** Whether a node makes each channel of several: with others chosen, those differ too. */
  public boolean isPooling(String node) {
    return pooling.contains(node);
  }

  /** Number of elements along an axis made of these segments, where a space has {@code ranks}. */
  public int extent(List<ChannelLayout.Segment> segments, ToIntFunction<Space> ranks) {
    return segments.stream()
        .mapToInt(segment -> ranks.applyAsInt(space(segment.space())) * segment.repeat())
        .sum();
  }

  /** Number of elements along the axis of a constant, where a space has {@code ranks}. */
  public int extent(Binding binding, ToIntFunction<Space> ranks) {
    return extent(binding.segments(), ranks) / binding.groups();
  }

  /** One line a space: what golden dumps compare. */
  @Override
  public String toString() {
    return spaces.values().stream()
        .map(
            space ->
                "%s width %d%s %s%s producers %s consumers %s\n"
                    .formatted(
                        space.name(),
                        space.width(),
                        groups(space.groups()),
                        space.freedom(),
                        space.reason().isEmpty() ? "" : " (" + space.reason() + ")",
                        space.producers(),
                        space.consumers()))
        .collect(Collectors.joining());
  }

  private static String groups(Groups groups) {
    return groups.count() == 1 ? "" : " in " + groups.count() + " groups";
  }
}
