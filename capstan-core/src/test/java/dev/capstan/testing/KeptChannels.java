package dev.capstan.testing;

import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.op.Gather;
import dev.capstan.space.Bases;
import dev.capstan.space.Basis.Selection;
import dev.capstan.space.ChannelLayout;
import dev.capstan.space.ChannelLayout.Segment;
import dev.capstan.space.ChannelSpaces;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What makes a channel of several, as a normalization of groups does, over the channels that a
 * selection keeps alone: spelled with Gathers, by the channels' numbers.
 */
public record KeptChannels(Graph graph, ChannelSpaces spaces, Bases bases) {
  /** Whether a node is of that kind, and reads channels that are selected. */
  public boolean concern(Node node) {
    ChannelLayout layout = spaces.layout(node.inputs().get(0));
    return spaces.isPooling(node.name())
        && layout != null
        && layout.segments().stream().anyMatch(segment -> bases.contains(segment.space()));
  }

  /** The channels kept along the layout of a value. */
  int[] kept(ChannelLayout layout) {
    IntStream.Builder kept = IntStream.builder();
    int from = 0;
    for (Segment segment : layout.segments()) {
      var space = spaces.space(segment.space());
      int start = from;
      IntStream.of(((Selection) bases.of(space)).channels())
          .flatMap(channel -> places(start, channel, segment.repeat()))
          .forEach(kept::add);
      from += space.width() * segment.repeat();
    }
    return kept.build().toArray();
  }

  private static IntStream places(int start, int channel, int repeat) {
    return IntStream.range(start + channel * repeat, start + (channel + 1) * repeat);
  }

  /** The node with the elements of its constants that belong to channels kept. */
  public Node few(Node node, Graph.Builder builder) {
    ChannelLayout layout = spaces.layout(node.inputs().get(0));
    int[] kept = kept(layout);
    int width = spaces.extent(layout.segments(), space -> space.width());
    List<String> inputs = new ArrayList<>(node.inputs());
    for (int i = 1; i < inputs.size(); i++) {
      Constant constant = graph.constant(inputs.get(i));
      if (constant.rank() > 0 && constant.size(0) == width) {
        inputs.set(i, inputs.get(i) + "/" + node.name());
        builder.constant(inputs.get(i), few(constant, kept));
      }
    }
    return node.withInputs(inputs);
  }

  /** The parts along axis 0. */
  private static Constant few(Constant constant, int[] kept) {
    float[] values = constant.floats();
    int inner = values.length / constant.size(0);
    float[] few = new float[kept.length * inner];
    for (int i = 0; i < few.length; i++) {
      few[i] = values[kept[i / inner] * inner + i % inner];
    }
    long[] sizes = constant.sizes();
    sizes[0] = kept.length;
    return Constant.of(few, sizes);
  }

  /** The node over kept channels in a network of full width; where others were lies anything. */
  List<Node> amid(Node node, Graph.Builder builder) {
    ChannelLayout layout = spaces.layout(node.inputs().get(0));
    int[] kept = kept(layout);
    String few = node.name() + "/few";
    List<Node> nodes = new ArrayList<>();
    Gather taken = Gather.along(layout.axis(), kept);
    nodes.add(new Node(few, taken, List.of(node.inputs().get(0)), List.of(few)));
    Node norm = few(node, builder);
    List<String> inputs = new ArrayList<>(norm.inputs());
    inputs.set(0, few);
    ChannelLayout given = spaces.layout(node.output());
    if (given == null || given.axis() != layout.axis() || !given.equals(layout)) {
      nodes.add(norm.withInputs(inputs));
      return nodes;
    }
    String made = node.name() + "/made";
    nodes.add(new Node(made, norm.operator(), inputs, List.of(made)));
    int width = spaces.extent(layout.segments(), space -> space.width());
    Gather back = Gather.along(layout.axis(), places(kept, width));
    nodes.add(new Node(node.name(), back, List.of(made), node.outputs()));
    return nodes;
  }

  private static int[] places(int[] kept, int width) {
    int[] places = new int[width];
    IntStream.range(0, kept.length).forEach(k -> places[kept[k]] = k);
    return places;
  }
}
