package dev.capstan.torch.internal.refit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.op.Relu;
import dev.capstan.testing.Layers;
import dev.capstan.testing.Layers.Feature;
import dev.capstan.testing.RandomGraphs;
import dev.capstan.testing.Siamese;
import dev.capstan.zoo.Zoo;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** In which order nodes run while layers are solved for. */
class UseOrderTest {
  private final Layers net = new Layers("net", 1, Dim.open("N"), 6, 8);

  static LongStream seeds() {
    return RandomGraphs.seeds();
  }

  private static List<String> names(Graph graph) {
    return graph.nodes().stream().map(Node::name).toList();
  }

  private static int distance(Graph graph, String kernel) {
    List<Node> readers = graph.readers(kernel);
    List<Integer> places = readers.stream().map(graph.nodes()::indexOf).toList();
    return places.get(places.size() - 1) - places.get(0) - places.size() + 1;
  }

  /** The graph's own check says that each node comes after those that it reads. */
  @ParameterizedTest
  @MethodSource("seeds")
  void allNodesAreThere(long seed) {
    Graph graph = RandomGraphs.tied(seed);

    assertThat(names(UseOrder.of(graph))).containsExactlyInAnyOrderElementsOf(names(graph));
  }

  @Test
  void withoutSharedKernelsNothingMoves() {
    Graph graph = Zoo.randomCifarResNet(2, List.of(8, 16), 10, 3);

    assertThat(names(UseOrder.of(graph))).isEqualTo(names(graph));
  }

  @Test
  void branchesRunSideBySide() {
    Graph resnet = Zoo.randomCifarResNet(1, List.of(8, 16), 10, 3);
    Graph both = Siamese.of(resnet);

    Graph ordered = UseOrder.of(both);

    for (Node node : resnet.nodes()) {
      if (LinearForm.of(node.operator(), 2) != null) {
        assertThat(distance(ordered, node.inputs().get(1))).as(node.name()).isZero();
      }
    }
    assertThat(distance(both, resnet.nodes().get(0).inputs().get(1))).isPositive();
  }

  /** Each use of the kernel needs the one before: there is no such order. */
  @Test
  void aChainStaysAChain() {
    String kernel = net.constant("shared", 0.5, 6, 6, 3, 3);
    Feature x = net.input();
    for (int i = 0; i < 3; i++) {
      x = net.apply(new Relu(), net.convShared(x, kernel, 6, 3));
    }
    Graph graph = net.outputs(x);

    assertThat(names(UseOrder.of(graph))).isEqualTo(names(graph));
  }

  /** One branch applies two kernels in this turn, the other in that: one of them comes together. */
  @Test
  void kernelsThatWaitForEachOtherDoNotStopAll() {
    String first = net.constant("first", 0.5, 6, 6, 3, 3);
    String second = net.constant("second", 0.5, 6, 6, 3, 3);
    Feature left = net.convShared(net.convShared(net.input(), first, 6, 3), second, 6, 3);
    Feature right = net.convShared(net.convShared(net.input(), second, 6, 3), first, 6, 3);
    Graph graph = net.outputs(net.add(left, right));

    Graph ordered = UseOrder.of(graph);

    assertThat(names(ordered)).containsExactlyInAnyOrderElementsOf(names(graph));
    assertThat(List.of(distance(ordered, first), distance(ordered, second))).contains(0);
  }
}
