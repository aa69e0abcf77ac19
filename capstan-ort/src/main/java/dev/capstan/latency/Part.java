package dev.capstan.latency;

import static java.util.Objects.requireNonNull;

import dev.capstan.compress.NodeWidths;
import dev.capstan.cost.Cost;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.Operator;
import dev.capstan.graph.Shape;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.op.Activation;
import dev.capstan.space.Binding;
import dev.capstan.space.ChannelLayout;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Space;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

/** A node whose time depends on ranks: one that multiplies by weights along channel spaces. */
final class Part {
  private final Graph graph;
  private final ChannelSpaces spaces;
  private final Map<String, TensorType> types;
  private final Node node;
  private final long fullMacs;
  private final List<ChannelLayout.Segment> inSegments;
  private final List<ChannelLayout.Segment> outSegments;

  private Part(ChannelSpaces spaces, Map<String, TensorType> types, Node node, long macs) {
    this.graph = spaces.graph();
    this.spaces = spaces;
    this.types = types;
    this.node = node;
    this.fullMacs = macs;
    this.outSegments = segments(Binding.Role.ENCODE);
    // Depthwise weights have no input side: as many channels come as go.
    this.inSegments = segments(Binding.Role.DECODE);
  }

  /** The parts of a graph, in the order of its nodes. */
  static List<Part> of(ChannelSpaces spaces) {
    Graph graph = spaces.graph();
    Map<String, TensorType> types = ShapeInference.of(graph);
    Map<String, Long> macs = Cost.macs(graph);
    return graph.nodes().stream()
        .filter(node -> macs(macs, node) > 0)
        .filter(node -> !spaces.bindings(node.name()).isEmpty())
        .filter(node -> graph.constant(node.inputs().get(0)) == null)
        .map(node -> new Part(spaces, types, node, macs(macs, node)))
        .toList();
  }

  private static long macs(Map<String, Long> macs, Node node) {
    return macs.getOrDefault(node.name(), 0L);
  }

  private List<ChannelLayout.Segment> segments(Binding.Role role) {
    return spaces.bindings(node.name()).stream()
        .filter(binding -> binding.input() == 1 && binding.role() == role)
        .map(Binding::segments)
        .findFirst()
        .orElse(List.of());
  }

  /** Channels its weights read, 1 where compression changes nothing there. */
  int inChannels(ToIntFunction<Space> ranks) {
    return inSegments.isEmpty() ? 1 : spaces.extent(inSegments, ranks);
  }

  /** Channels its weights write, 1 where compression changes nothing there. */
  int outChannels(ToIntFunction<Space> ranks) {
    return outSegments.isEmpty() ? 1 : spaces.extent(outSegments, ranks);
  }

  /** Multiply-accumulates of {@link #at}, for one input. */
  long macs(ToIntFunction<Space> in, ToIntFunction<Space> out) {
    return fullMacs
        / inChannels(Space::width)
        * inChannels(in)
        / outChannels(Space::width)
        * outChannels(out);
  }

  /** What is left to compute where a space it reads, and one it writes, has so many channels. */
  Workload at(ToIntFunction<Space> in, ToIntFunction<Space> out) {
    ToIntFunction<Space> reads = inSegments.isEmpty() ? out : in;
    NodeWidths widths =
        new NodeWidths(
            node, types, spaces, reads, out, space -> reads.applyAsInt(space) < space.width());
    List<TensorType> constants = new ArrayList<>();
    for (int i = 1; i < node.inputs().size(); i++) {
      Constant constant = graph.constant(node.inputs().get(i));
      if (constant != null) {
        constants.add(constant.tensorType().with(shape(i, constant.shape(), reads, out)));
      }
    }
    return new Workload(node.operator().resized(widths), input(widths), constants, activation());
  }

  private TensorType input(NodeWidths widths) {
    TensorType type = requireNonNull(types.get(node.inputs().get(0)));
    int axis = widths.inputAxis(0);
    return axis < 0 ? type : type.with(type.shape().with(axis, Dim.of(widths.input(0))));
  }

  /** What is broadcast along channels stays as it is. */
  private Shape shape(
      int input, Shape original, ToIntFunction<Space> reads, ToIntFunction<Space> writes) {
    Shape shape = original;
    for (Binding binding : spaces.bindings(node.name())) {
      boolean lies = binding.input() == input && binding.axis() >= 0;
      if (lies && shape.size(binding.axis()) == spaces.extent(binding, Space::width)) {
        var ranks = binding.role() == Binding.Role.DECODE ? reads : writes;
        shape = shape.with(binding.axis(), Dim.of(spaces.extent(binding, ranks)));
      }
    }
    return shape;
  }

  private List<Operator> activation() {
    Node reader = graph.soleReader(node.output());
    return reader != null && reader.operator() instanceof Activation function
        ? List.of(function)
        : List.of();
  }
}
