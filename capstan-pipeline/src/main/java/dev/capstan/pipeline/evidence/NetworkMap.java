package dev.capstan.pipeline.evidence;

import dev.capstan.cost.Cost;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.rank.Ranks;
import dev.capstan.rank.allocate.Sensitivities;
import dev.capstan.space.ChannelLayout;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Freedom;
import dev.capstan.space.Space;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A network as it can be drawn: its layers that compute or join, and the channel spaces that they
 * write.
 *
 * @param spaces in the order of the nodes that give them
 * @param layers in the order they run; none where there are more than can be drawn
 */
public record NetworkMap(List<MappedSpace> spaces, List<Layer> layers) {
  /** More than these nobody looks at. */
  private static final int MOST_LAYERS = 1500;

  /** Copies the lists. */
  public NetworkMap {
    spaces = List.copyOf(spaces);
    layers = List.copyOf(layers);
  }

  /** What may become of a space. */
  public enum Treatment {
    /** Any basis. */
    FREE,
    /** Channels may be chosen among. */
    SELECTED,
    /** It keeps its channels. */
    LEFT_ALONE
  }

  /**
   * A channel space.
   *
   * @param width channels before
   * @param rank channels after
   * @param reason why it is not free, empty if it is
   * @param stream whether it is a residual stream
   * @param curve rise of the outputs' relative squared error by rank where it alone is compressed;
   *     empty where that was not measured
   */
  public record MappedSpace(
      String name,
      int width,
      int rank,
      Treatment treatment,
      String reason,
      boolean stream,
      NavigableMap<Integer, Double> curve) {
    /** Copies the curve. */
    public MappedSpace {
      curve = Collections.unmodifiableNavigableMap(new TreeMap<>(curve));
    }
  }

  /**
   * A node that multiplies or that several nodes come together in.
   *
   * @param reads the layers before it, by their places in the list
   * @param space that its channels are in, by its place in the list; -1 for none
   * @param macs multiply-accumulates for one input, before and after
   */
  public record Layer(String name, String operator, List<Integer> reads, int space, Macs macs) {
    /** Before and after; equal where nothing is compressed yet. */
    public record Macs(long before, long after) {}

    /** Copies the list. */
    public Layer {
      reads = List.copyOf(reads);
    }
  }

  /**
   * The map of a network.
   *
   * @param ranks of its spaces
   * @param after the network with these ranks, or the network itself
   * @param measured what is known of the spaces' sensitivities
   */
  public static NetworkMap of(
      ChannelSpaces spaces, Ranks ranks, Graph after, Sensitivities measured) {
    List<MappedSpace> mapped =
        spaces.all().stream().map(space -> mapped(space, ranks, measured)).toList();
    List<Layer> layers = new Layers(spaces, Cost.macs(spaces.graph()), Cost.macs(after)).all();
    return new NetworkMap(mapped, layers.size() > MOST_LAYERS ? List.of() : layers);
  }

  private static MappedSpace mapped(Space space, Ranks ranks, Sensitivities measured) {
    Treatment treatment =
        !space.isCompressible()
            ? Treatment.LEFT_ALONE
            : space.freedom() == Freedom.FREE ? Treatment.FREE : Treatment.SELECTED;
    boolean silent = treatment == Treatment.LEFT_ALONE && space.reason().isEmpty();
    Sensitivities.Curve curve = measured.bySpace().get(space.name());
    NavigableMap<Integer, Double> points = new TreeMap<>();
    if (curve != null) {
      curve.points().forEach((rank, rise) -> points.put(rank, Evidence.rounded(rise)));
    }
    return new MappedSpace(
        space.name(),
        space.width(),
        ranks.of(space),
        treatment,
        silent ? "no weights on both sides of it" : space.reason(),
        space.stream(),
        points);
  }

  /** Finds the nodes to draw; those between them are edges. */
  private record Layers(ChannelSpaces spaces, Map<String, Long> before, Map<String, Long> after) {
    List<Layer> all() {
      Map<String, Integer> places = new HashMap<>();
      spaces.all().forEach(space -> places.put(space.name(), places.size()));
      Map<String, Set<Integer>> sources = new LinkedHashMap<>();
      List<Layer> layers = new ArrayList<>();
      for (Node node : spaces.graph().nodes()) {
        Set<Integer> reads = new TreeSet<>();
        node.inputs().forEach(input -> reads.addAll(sources.getOrDefault(input, Set.of())));
        Set<Integer> gives = reads;
        long macs = before.getOrDefault(node.name(), 0L);
        if (macs > 0 || reads.size() > 1) {
          gives = Set.of(layers.size());
          long left = after.getOrDefault(node.name(), macs);
          layers.add(
              new Layer(
                  node.name(),
                  node.operator().type(),
                  List.copyOf(reads),
                  places.getOrDefault(space(node), -1),
                  new Layer.Macs(macs, left)));
        }
        for (String output : node.outputs()) {
          sources.put(output, gives);
        }
      }
      return layers;
    }

    private String space(Node node) {
      ChannelLayout layout = spaces.layout(node.output());
      return layout == null || layout.segments().isEmpty() ? "" : layout.segments().get(0).space();
    }
  }
}
