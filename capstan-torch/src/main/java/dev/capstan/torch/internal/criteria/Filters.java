package dev.capstan.torch.internal.criteria;

import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.Operator;
import dev.capstan.graph.op.Conv;
import dev.capstan.graph.op.DeformConv;
import dev.capstan.graph.op.Gemm;
import dev.capstan.graph.op.MatMul;
import dev.capstan.space.Binding;
import dev.capstan.space.ChannelLayout.Segment;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Space;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The filters of a space.
 *
 * <p>A channel's filter is all the weights that write it, of all producers of the space and of
 * depthwise convolutions over it, one after the other, biases left out. So what criteria sum up
 * over a filter adds up over producers (as in DepGraph, Fang et al. 2023).
 */
final class Filters {
  private static final Set<Class<? extends Operator>> PRODUCTS =
      Set.of(Conv.class, DeformConv.class, Gemm.class, MatMul.class);

  private final double[][] byChannel;

  private Filters(double[][] byChannel) {
    this.byChannel = byChannel;
  }

  /**
   * The filters of the channels of a space.
   *
   * @param trained the network before BatchNorm was folded, whose filters are taken where it has
   *     the node
   */
  static Filters of(Graph trained, ChannelSpaces spaces, Space space) {
    Graph graph = spaces.graph();
    Map<String, Node> before =
        trained.nodes().stream().collect(Collectors.toMap(Node::name, node -> node));
    List<Stream.Builder<double[]>> parts =
        IntStream.range(0, space.width()).mapToObj(c -> Stream.<double[]>builder()).toList();
    for (Node node : graph.nodes()) {
      for (Binding binding : spaces.bindings(node.name())) {
        if (writes(node, binding)) {
          add(
              weights(graph, trained, node, before.get(node.name())),
              binding,
              spaces,
              space,
              parts);
        }
      }
    }
    return new Filters(parts.stream().map(Filters::joined).toArray(double[][]::new));
  }

  private static boolean writes(Node node, Binding binding) {
    return PRODUCTS.contains(node.operator().getClass())
        && binding.role() == Binding.Role.ENCODE
        && binding.input() == 1;
  }

  private static Constant weights(Graph graph, Graph trained, Node node, @Nullable Node before) {
    Constant now = Objects.requireNonNull(graph.constant(node.inputs().get(1)), node.name());
    Constant then = before == null ? null : trained.constant(before.inputs().get(1));
    return then != null && Arrays.equals(then.sizes(), now.sizes()) ? then : now;
  }

  private static void add(
      Constant weights,
      Binding binding,
      ChannelSpaces spaces,
      Space space,
      List<Stream.Builder<double[]>> parts) {
    float[] values = weights.floats();
    int size = weights.size(binding.axis());
    int inner = 1;
    for (int axis = binding.axis() + 1; axis < weights.rank(); axis++) {
      inner *= weights.size(axis);
    }
    int index = 0;
    for (Segment segment : binding.segments()) {
      int end = index + spaces.space(segment.space()).width() * segment.repeat();
      for (int channel = 0; index < end; index++, channel++) {
        if (segment.space().equals(space.name())) {
          parts.get(channel / segment.repeat()).add(slice(values, index, size, inner));
        }
      }
    }
  }

  /** The elements at one index of an axis. */
  private static double[] slice(float[] values, int index, int size, int inner) {
    double[] slice = new double[values.length / size];
    for (int i = 0; i < slice.length; i++) {
      slice[i] = values[(i / inner * size + index) * inner + i % inner];
    }
    return slice;
  }

  private static double[] joined(Stream.Builder<double[]> parts) {
    return parts.build().flatMapToDouble(Arrays::stream).toArray();
  }

  /** A row of weights for each channel. */
  double[][] rows() {
    return byChannel;
  }
}
