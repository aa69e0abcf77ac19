package dev.capstan.space;

import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.op.Gather;
import dev.capstan.rewrite.GroupsApart;
import dev.capstan.rewrite.Rewriter;
import dev.capstan.rewrite.ShuffleToGather;
import dev.capstan.space.SpaceAnalysis.BoundAxis;
import dev.capstan.space.SpaceAnalysis.Choice;
import dev.capstan.space.SpaceAnalysis.Grouping;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Puts channels in an order in which those of a space lie side by side everywhere.
 *
 * <p>A channel shuffle deals the channels of several spaces out like cards, and a basis cannot mix
 * what does not lie together. But the order of channels is nobody's business between the operators
 * that read and write them by weights: so the weights are permuted, and the shuffle gathers whole
 * spaces. What the graph gives to the outside keeps its order. Where grouped convolutions stand on
 * both sides of a shuffle, each is taken apart into one for each group.
 */
public final class ChannelOrder {
  private final SpaceAnalysis analysis;
  private final Partition partition;
  private final Map<String, int[]> orders = new HashMap<>();

  private ChannelOrder(Graph graph) {
    analysis = SpaceAnalysis.of(graph);
    partition = analysis.partition();
    analysis.channelAxes.forEach(
        (value, channelAxis) -> orders.put(value, along(channelAxis.runs())));
  }

  /**
   * The network with its channels in order.
   *
   * @return a network that computes the same; the graph itself if nothing is out of order, or if it
   *     cannot be put in order
   */
  public static Graph apply(Graph graph) {
    Graph gathered = Rewriter.apply(graph, new ShuffleToGather());
    ChannelOrder order = new ChannelOrder(gathered);
    if (order.isNeeded() && !order.isPossible()) {
      order = new ChannelOrder(Rewriter.apply(gathered, new GroupsApart()));
    }
    return order.isNeeded() && order.isPossible() ? order.permuted() : graph;
  }

  /** The original's position of each element; inside of a run the spaces come one by one. */
  private int[] along(List<Run> runs) {
    IntStream.Builder order = IntStream.builder();
    int from = 0;
    for (Run run : runs) {
      for (int channel : byBlocks(run.channels())) {
        int start = from + channel * run.repeat();
        IntStream.range(start, start + run.repeat()).forEach(order::add);
      }
      from += run.width();
    }
    return order.build().toArray();
  }

  private int[] byBlocks(List<Channel> channels) {
    int[] order = IntStream.range(0, channels.size()).toArray();
    boolean pinned = channels.stream().allMatch(c -> c.freedom() == Freedom.PINNED);
    if (pinned || partition.whole(channels) != null) {
      return order;
    }
    Map<Block, Integer> first = new HashMap<>();
    for (int i : order) {
      first.putIfAbsent(partition.of(channels.get(i)), i);
    }
    Comparator<Integer> byBlock =
        Comparator.comparing(i -> first.getOrDefault(partition.of(channels.get(i)), 0));
    return Arrays.stream(order)
        .boxed()
        .sorted(byBlock.thenComparing(i -> channels.get(i).root().order()))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private static boolean isAscending(int[] order) {
    return IntStream.range(0, order.length).allMatch(i -> order[i] == i);
  }

  private boolean isNeeded() {
    return orders.values().stream().anyMatch(order -> !isAscending(order));
  }

  /**
   * A grouped convolution and what merges channels want their own order, a slice or split what lies
   * side by side.
   */
  private boolean isPossible() {
    return Stream.concat(
                analysis.groupings.stream().map(Grouping::channels), analysis.merged.stream())
            .allMatch(channelAxis -> isAscending(along(channelAxis.runs())))
        && analysis.choices.stream()
            .allMatch(
                c ->
                    c.node().operator() instanceof Gather || Arrays.equals(moved(c), c.channels()));
  }

  /** Where the channels that a node takes lie now, in their new order. */
  private int[] moved(Choice choice) {
    int[] from = order(choice.node().inputs().get(0));
    int[] places = new int[from.length];
    for (int i = 0; i < from.length; i++) {
      places[from[i]] = i;
    }
    return Arrays.stream(order(choice.output())).map(i -> places[choice.channels()[i]]).toArray();
  }

  private int[] order(String value) {
    int[] order = orders.get(value);
    if (order == null) {
      throw new IllegalStateException("value '" + value + "' has no channels");
    }
    return order;
  }

  private Graph permuted() {
    Map<String, Node> nodes = new LinkedHashMap<>();
    analysis.graph.nodes().forEach(node -> nodes.put(node.name(), node));
    for (Choice choice : analysis.choices) {
      if (choice.node().operator() instanceof Gather gather) {
        nodes.put(
            choice.node().name(), choice.node().with(Gather.along(gather.axis(), moved(choice))));
      }
    }
    Graph.Builder builder = analysis.graph.edit();
    Map<Permuted, String> names = new HashMap<>();
    nodes.replaceAll((name, node) -> permute(node, names, builder));
    return builder.nodes(List.copyOf(nodes.values())).build();
  }

  /** A constant in another order, which those that read it so have in common. */
  private record Permuted(String constant, List<Turn> turns) {}

  /** The order of the elements along an axis. */
  private record Turn(int axis, List<Integer> order) {}

  private Node permute(Node node, Map<Permuted, String> names, Graph.Builder builder) {
    List<String> inputs = new ArrayList<>(node.inputs());
    for (int i = 0; i < inputs.size(); i++) {
      Constant constant = analysis.graph.constant(inputs.get(i));
      Permuted wanted = new Permuted(inputs.get(i), constant == null ? List.of() : turns(node, i));
      if (constant != null && !wanted.turns().isEmpty()) {
        String own = names.computeIfAbsent(wanted, w -> w.constant() + "/" + node.name());
        builder.constant(own, permuted(constant, wanted.turns()));
        inputs.set(i, own);
      }
    }
    return node.withInputs(inputs);
  }

  private List<Turn> turns(Node node, int input) {
    return analysis.bindings.stream()
        .filter(bound -> bound.node().name().equals(node.name()) && bound.input() == input)
        .filter(bound -> isOutOfOrder(bound, along(bound.runs())))
        .map(bound -> new Turn(bound.axis(), Arrays.stream(along(bound.runs())).boxed().toList()))
        .toList();
  }

  /** What is alike for all channels, or lacks their axis, is in any order. */
  private boolean isOutOfOrder(BoundAxis bound, int[] order) {
    Constant constant = analysis.graph.constant(bound.constant());
    return constant != null
        && bound.axis() >= 0
        && constant.size(bound.axis()) == order.length
        && !isAscending(order);
  }

  private static Constant permuted(Constant constant, List<Turn> turns) {
    Constant permuted = constant;
    for (Turn turn : turns) {
      permuted = permuted(permuted, turn.axis(), turn.order());
    }
    return permuted;
  }

  private static Constant permuted(Constant constant, int axis, List<Integer> order) {
    float[] values = constant.floats();
    float[] moved = new float[values.length];
    int inner = Math.toIntExact(constant.shape().elements(axis + 1, constant.rank()));
    for (int i = 0; i < values.length; i++) {
      int place = i / inner % order.size();
      moved[i] = values[i + (order.get(place) - place) * inner];
    }
    return constant.withFloats(moved, constant.sizes());
  }
}
