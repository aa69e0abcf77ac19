package dev.capstan.torch.internal.criteria;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.capstan.graph.Constant;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.op.Relu;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.space.Space;
import dev.capstan.testing.Layers;
import dev.capstan.testing.Layers.Feature;
import dev.capstan.testing.OrtOracle;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.loss.TaskLoss;
import dev.capstan.torch.internal.tensor.Precision;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** Gates on what several spaces are written by. */
class TaylorTest {
  /** Half of what the first layer gives is read by one layer, half by another. */
  private static Graph together() {
    Layers net = new Layers("together", 3, Dim.of(2), 3, 6);
    Feature both = net.apply(new Relu(), net.conv(net.input(), 8, 3, 1));
    Feature left = net.conv(net.slice(both, 0, 3), 5, 3, 1);
    Feature right = net.conv(net.slice(both, 3, 8), 5, 3, 1);
    return net.outputs(net.gemm(net.flatten(net.add(left, right)), 4));
  }

  /** The same with a layer for each half. */
  private static Graph apart() {
    Graph whole = together();
    Graph.Builder builder = whole.edit();
    List<Node> nodes = new ArrayList<>();
    Node first = whole.nodes().get(0);
    for (Node node : whole.nodes()) {
      if (node.operator().type().equals("Slice")) {
        int from = nodes.isEmpty() ? 0 : 3;
        String name = from == 0 ? "left" : "right";
        for (String constant : List.of(".w", ".b")) {
          Constant all = whole.constant(first.name() + constant);
          builder.constant(name + constant, rows(all, from, from == 0 ? 3 : 8));
        }
        List<String> inputs = List.of("x", name + ".w", name + ".b");
        nodes.add(new Node(name, first.operator(), inputs, List.of(name)));
        nodes.add(new Node(name + "/relu", new Relu(), List.of(name), node.outputs()));
      } else if (!node.equals(first) && !(node.operator() instanceof Relu)) {
        nodes.add(node);
      }
    }
    return builder.nodes(nodes).build();
  }

  private static Constant rows(Constant all, int from, int to) {
    int inner = all.elements() / all.size(0);
    long[] sizes = all.sizes();
    sizes[0] = to - from;
    return Constant.of(Arrays.copyOfRange(all.floats(), from * inner, to * inner), sizes);
  }

  private static List<double[]> scores(Graph graph) {
    ChannelSpaces spaces = ChannelSpaces.of(graph, Residual.PROJECT);
    List<Space> inner = spaces.compressible().stream().filter(space -> !space.stream()).toList();
    TaskLoss loss = new TaskLoss(graph);
    try (PointerScope scope = new PointerScope();
        Taylor taylor = new Taylor(spaces, inner, new Execution(Precision.FP32, 1))) {
      long[] sizes = {2, 3, 6, 6};
      Tensor images = Tensors.of(OrtOracle.Tensor.random(5, sizes).values(), sizes);
      taylor.add(new Tensor[] {images}, loss::ofOwnClasses);
      return inner.stream().map(taylor::scores).toList();
    }
  }

  @Test
  void aLayerThatWritesTwoSpacesHasGatesOfBoth() {
    List<double[]> found = scores(together());
    List<double[]> expected = scores(apart());

    assertThat(found).extracting(score -> score.length).containsExactly(3, 5);
    for (int i = 0; i < 2; i++) {
      assertThat(Arrays.stream(expected.get(i)).sum()).isPositive();
      assertThat(found.get(i)).containsExactly(expected.get(i), within(1e-6));
    }
  }
}
