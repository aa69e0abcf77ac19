package dev.capstan.torch.internal.refit;

import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Puts weights that were solved for into a graph. */
final class Rebuilding {
  private Rebuilding() {}

  /** The graph with these layers in place of those of their names. */
  static Graph apply(Graph graph, List<Layer.Solved> solved) {
    Map<String, Layer.Solved> byNode = new HashMap<>();
    solved.forEach(layer -> byNode.put(layer.layer().node().name(), layer));
    List<Node> nodes = new ArrayList<>();
    Graph.Builder builder = graph.edit();
    for (Node node : graph.nodes()) {
      Layer.Solved layer = byNode.get(node.name());
      nodes.add(layer == null ? node : replace(graph, builder, node, layer));
    }
    return builder.nodes(nodes).build();
  }

  private static Node replace(Graph graph, Graph.Builder builder, Node node, Layer.Solved solved) {
    String weights = node.inputs().get(1);
    String bias = biasName(graph, node);
    builder.constant(weights, solved.weights()).constant(bias, solved.bias());
    return node.withInputs(List.of(node.inputs().get(0), weights, bias))
        .with(solved.layer().form().operator());
  }

  /** A bias that others read stays theirs. */
  private static String biasName(Graph graph, Node node) {
    if (node.hasInput(2) && graph.readers(node.inputs().get(2)).size() == 1) {
      return node.inputs().get(2);
    }
    String name = node.name() + ".refit_bias";
    while (graph.constant(name) != null || graph.producer(name) != null) {
      name += "_";
    }
    return name;
  }
}
