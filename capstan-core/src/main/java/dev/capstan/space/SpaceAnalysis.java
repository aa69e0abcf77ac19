package dev.capstan.space;

import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.Shape;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.Value;
import dev.capstan.space.ChannelSpaces.Residual;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds the channel spaces of a graph: walks it once in order, lets every operator say what it does
 * to channels one by one, and only then asks which of them always come together.
 */
final class SpaceAnalysis {
  /** Channels along an axis of a value. */
  record ChannelAxis(int axis, List<Run> runs) {
    List<Channel> channels() {
      return runs.size() == 1
          ? runs.get(0).channels()
          : runs.stream().flatMap(run -> run.channels().stream()).toList();
    }

    /** Whether two have as many elements along the same axis, and cut them into as many. */
    boolean isLike(ChannelAxis other) {
      return axis == other.axis && repeats().equals(other.repeats());
    }

    private List<Integer> repeats() {
      return runs.stream()
          .flatMap(run -> Collections.nCopies(run.channels().size(), run.repeat()).stream())
          .toList();
    }

    /** Makes the channels of two, which are alike, one and the same. */
    void join(ChannelAxis other) {
      List<Channel> own = channels();
      List<Channel> others = other.channels();
      for (int i = 0; i < own.size(); i++) {
        Channel.join(own.get(i), others.get(i));
      }
    }

    void restrict(Freedom freedom, String why) {
      channels().forEach(channel -> channel.restrict(freedom, why));
    }
  }

  /** An axis of a constant along which lie these channels. */
  record BoundAxis(Node node, int input, int axis, Binding.Role role, List<Run> runs, int groups) {
    String constant() {
      return node.inputs().get(input);
    }

    /** The channels, along the constant's axis. */
    ChannelAxis channels() {
      return new ChannelAxis(axis, runs);
    }
  }

  /**
   * Channels that a node reads or gives in groups.
   *
   * @param alone whether it reads those of each group through weights of their own
   */
  record Grouping(Node node, ChannelAxis channels, int groups, boolean alone, String why) {}

  /** Channels that a node takes from its first input by their numbers. */
  @SuppressWarnings("ArrayRecordComponent") // read once, never compared
  record Choice(Node node, ChannelAxis input, String output, int[] channels) {}

  final Graph graph;
  final Map<String, TensorType> types;
  final Map<String, ChannelAxis> channelAxes = new LinkedHashMap<>();
  final List<Channel> channels = new ArrayList<>();
  final List<BoundAxis> bindings = new ArrayList<>();
  final List<Grouping> groupings = new ArrayList<>();
  final List<Choice> choices = new ArrayList<>();

  /** Channels several of which are treated as one. */
  final List<ChannelAxis> merged = new ArrayList<>();

  /** Nodes that make each channel of all those of its group. */
  final Set<String> pooling = new LinkedHashSet<>();

  /** What nodes give through a weight. */
  final Map<Node, List<Channel>> produced = new LinkedHashMap<>();

  private SpaceAnalysis(Graph graph) {
    this.graph = graph;
    this.types = ShapeInference.of(graph);
  }

  static ChannelSpaces run(Graph graph, Residual residual) {
    SpaceAnalysis analysis = of(graph);
    if (residual == Residual.KEEP) {
      analysis.channels.stream()
          .filter(Channel::isStream)
          .forEach(channel -> channel.restrict(Freedom.PINNED, "residual stream is kept"));
    }
    return new SpaceAssembly(analysis).run(residual);
  }

  /** What the operators of a graph say about channels. */
  static SpaceAnalysis of(Graph graph) {
    SpaceAnalysis analysis = new SpaceAnalysis(graph);
    for (Value input : graph.inputs()) {
      analysis.original(input.name(), input.name(), "graph input");
    }
    for (Node node : graph.nodes()) {
      new NodeFlow(analysis, node).run();
    }
    new SharedKernels(analysis).join();
    for (Value output : graph.outputs()) {
      analysis.restrict(output.name(), Freedom.PINNED, "graph output");
    }
    return analysis;
  }

  /** Which channels always come together. */
  Partition partition() {
    return new Partition(
        channels,
        channelAxes.values().stream().flatMap(channelAxis -> channelAxis.runs().stream()).toList());
  }

  /** New channels. */
  List<Channel> create(String name, int width) {
    List<Channel> created = new ArrayList<>();
    for (int i = 0; i < width; i++) {
      created.add(new Channel(name, channels.size()));
      channels.add(created.get(i));
    }
    return created;
  }

  /** Channels that keep the original's coordinates. */
  Run pinned(String name, long width, String why) {
    List<Channel> created = create(name, Math.toIntExact(width));
    created.forEach(channel -> channel.restrict(Freedom.PINNED, why));
    return new Run(created, 1);
  }

  /** A value in the original's coordinates: its axis 1, if it has one, is a pinned space. */
  void original(String value, String name, String why) {
    TensorType type = types.get(value);
    Shape shape = type == null ? Shape.of() : type.shape();
    Dim width = shape.rank() < 2 ? Dim.UNKNOWN : shape.dims().get(1);
    if (width.isKnown() && width.size() > 0) {
      channelAxes.put(value, new ChannelAxis(1, List.of(pinned(name, width.size(), why))));
    }
  }

  void restrict(String value, Freedom freedom, String why) {
    ChannelAxis channelAxis = channelAxes.get(value);
    if (channelAxis != null) {
      channelAxis.restrict(freedom, why);
    }
  }
}
