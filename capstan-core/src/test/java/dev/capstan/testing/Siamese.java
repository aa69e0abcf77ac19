package dev.capstan.testing;

import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.Shape;
import dev.capstan.graph.Value;
import dev.capstan.graph.op.Arithmetic;
import dev.capstan.graph.op.Identity;
import dev.capstan.graph.op.Slice;
import dev.capstan.testing.OrtOracle.Tensor;
import java.util.List;
import java.util.Map;

/**
 * A network of one input run twice, over both halves of a pair, by the same constants: it gives the
 * differences of what the network gives.
 */
public final class Siamese {
  /** What the names of the second branch end in; the first one's are the network's. */
  private static final String SECOND = "/second";

  private Siamese() {}

  /** The network over a pair stacked along the channels. */
  public static Graph of(Graph graph) {
    return of(graph, 1);
  }

  /** The network over the left and the right half of one image, as a stereo camera gives it. */
  public static Graph sides(Graph graph) {
    return of(graph, 3);
  }

  private static Graph of(Graph graph, int axis) {
    Value input = graph.inputs().get(0);
    Shape shape = input.type().shape();
    long size = shape.size(axis);
    Graph.Builder pair =
        Graph.builder(graph.name())
            .input("pair", input.type().with(shape.with(axis, Dim.of(2 * size))));
    pair.node(part(axis, 0, size), input.name(), "pair");
    pair.node(part(axis, size, 2 * size), input.name() + SECOND, "pair");
    return differences(graph, pair);
  }

  /** The network over two inputs, of which the batch has a name each. */
  public static Graph inputs(Graph graph) {
    Value input = graph.inputs().get(0);
    Graph.Builder pair = Graph.builder(graph.name());
    for (String name : List.of(input.name(), input.name() + SECOND)) {
      Shape open = input.type().shape().with(0, Dim.open("batch of " + name));
      pair.input(name, input.type().with(open));
    }
    return differences(graph, pair);
  }

  private static Graph differences(Graph graph, Graph.Builder pair) {
    add(graph, pair);
    for (Value output : graph.outputs()) {
      String apart = output.name() + "/apart";
      pair.node(Arithmetic.SUB, apart, output.name(), output.name() + SECOND);
      pair.output(apart, output.type());
    }
    return pair.build();
  }

  /** The network twice over one image: it gives what both give. */
  public static Graph twice(Graph graph) {
    Value input = graph.inputs().get(0);
    Graph.Builder both = Graph.builder(graph.name()).input(input.name(), input.type());
    both.node(new Identity(), input.name() + SECOND, input.name());
    add(graph, both);
    for (Value output : graph.outputs()) {
      both.output(output.name(), output.type()).output(output.name() + SECOND, output.type());
    }
    return both.build();
  }

  private static void add(Graph graph, Graph.Builder pair) {
    graph.constants().forEach(pair::constant);
    graph.nodes().forEach(pair::node);
    graph.nodes().forEach(node -> pair.node(second(graph, node)));
  }

  private static Slice part(int axis, long from, long to) {
    return new Slice(List.of(from), List.of(to), List.of(axis), List.of(1L));
  }

  private static Node second(Graph graph, Node node) {
    return new Node(
        node.name() + SECOND,
        node.operator(),
        node.inputs().stream().map(value -> second(graph, value)).toList(),
        node.outputs().stream().map(value -> second(graph, value)).toList());
  }

  private static String second(Graph graph, String value) {
    return value.isEmpty() || graph.constant(value) != null ? value : value + SECOND;
  }

  /** A pair of these images. */
  public static Map<String, Tensor> pair(Tensor first, Tensor second) {
    long[] sizes = first.shape().clone();
    int image = first.values().length / (int) sizes[0];
    float[] both = new float[2 * first.values().length];
    for (int i = 0; i < sizes[0]; i++) {
      System.arraycopy(first.values(), i * image, both, 2 * i * image, image);
      System.arraycopy(second.values(), i * image, both, (2 * i + 1) * image, image);
    }
    sizes[1] *= 2;
    return Map.of("pair", new Tensor(both, sizes));
  }
}
