package dev.capstan.testing;

import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.op.Conv;
import dev.capstan.graph.op.ConvTranspose;
import dev.capstan.graph.op.DeformConv;
import dev.capstan.graph.op.Einsum;
import dev.capstan.graph.op.Gemm;
import dev.capstan.graph.op.MatMul;
import dev.capstan.space.Bases;
import dev.capstan.space.Basis.Selection;
import dev.capstan.space.ChannelLayout;
import dev.capstan.space.ChannelLayout.Segment;
import dev.capstan.space.ChannelSpaces;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The network of full size in which nothing reads the channels a selection drops: in the weights of
 * every Conv, Gemm and MatMul, the rows or columns of those channels are 0, and means over channels
 * are over the others.
 */
public final class Masked {
  private Masked() {}

  /** The network with weights of 0. */
  public static Graph of(Graph graph, ChannelSpaces spaces, Bases bases) {
    Graph.Builder builder = graph.edit();
    Map<String, TensorType> types = ShapeInference.of(graph);
    List<Node> nodes = new ArrayList<>();
    KeptChannels kept = new KeptChannels(graph, spaces, bases);
    for (Node node : graph.nodes()) {
      if (kept.concern(node)) {
        nodes.addAll(kept.amid(node, builder));
        continue;
      }
      int axis = inputAxis(graph, node);
      ChannelLayout layout = axis < 0 ? null : read(spaces, types, node);
      if (layout == null) {
        nodes.add(node);
      } else {
        List<String> inputs = new ArrayList<>(node.inputs());
        Constant weights = graph.constant(inputs.get(1));
        // A name of its own: a kernel may be shared with a node that reads other channels.
        inputs.set(1, inputs.get(1) + "/" + node.name());
        builder.constant(inputs.get(1), masked(weights, axis, mask(layout, spaces, bases)));
        nodes.add(node.withInputs(inputs));
      }
    }
    return builder.nodes(nodes).build();
  }

  /** The channels that a node reads; along an axis of their own they are none to it. */
  private static ChannelLayout read(
      ChannelSpaces spaces, Map<String, TensorType> types, Node node) {
    String x = node.inputs().get(0);
    ChannelLayout layout = spaces.layout(x);
    int axis = node.operator() instanceof MatMul ? types.get(x).shape().rank() - 1 : 1;
    return layout != null && layout.axis() == axis ? layout : null;
  }

  /** The axis of the weights along which lie the channels that are read, -1 for none. */
  private static int inputAxis(Graph graph, Node node) {
    if (node.operator() instanceof Conv conv) {
      // Depthwise, a kernel lets a channel through that is masked at whatever reads it next.
      return conv.groups() == 1 || graph.constant(node.inputs().get(1)).size(1) > 1 ? 1 : -1;
    }
    if (node.operator() instanceof DeformConv) {
      return 1;
    }
    if (node.operator() instanceof ConvTranspose) {
      return 0;
    }
    if (node.operator() instanceof Gemm gemm) {
      return gemm.transB() ? 1 : 0;
    }
    if (node.operator() instanceof Einsum product) {
      return product.equation().contains(",c") ? 0 : 1;
    }
    boolean weighs = node.hasInput(1) && graph.constant(node.inputs().get(1)) != null;
    return node.operator() instanceof MatMul && weighs ? 0 : -1;
  }

  private static boolean[] mask(ChannelLayout layout, ChannelSpaces spaces, Bases bases) {
    List<Boolean> mask = new ArrayList<>();
    for (Segment segment : layout.segments()) {
      var space = spaces.space(segment.space());
      int[] kept = ((Selection) bases.of(space)).channels();
      for (int i = 0; i < space.width() * segment.repeat(); i++) {
        int channel = i / segment.repeat();
        mask.add(IntStream.of(kept).anyMatch(k -> k == channel));
      }
    }
    boolean[] array = new boolean[mask.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = mask.get(i);
    }
    return array;
  }

  private static Constant masked(Constant weights, int axis, boolean[] mask) {
    float[] values = weights.floats();
    int inner = 1;
    for (int i = axis + 1; i < weights.rank(); i++) {
      inner *= weights.size(i);
    }
    // A grouped convolution's filter reads the channels of its group alone.
    int groups = mask.length / weights.size(axis);
    int group = values.length / groups;
    for (int i = 0; i < values.length; i++) {
      int channel = i / inner % weights.size(axis) + i / group * weights.size(axis);
      values[i] = mask[groups == 1 ? i / inner % mask.length : channel] ? values[i] : 0;
    }
    return Constant.of(values, weights.sizes());
  }
}
