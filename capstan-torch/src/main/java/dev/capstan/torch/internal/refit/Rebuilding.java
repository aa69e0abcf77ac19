package dev.capstan.torch.internal.refit;

import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Puts weights that were solved for into a graph. */
final class Rebuilding {
  private Rebuilding() {}

  /** The graph with these layers in place of those of their names. */
  static Graph apply(Graph graph, List<Layer.Solved> solved) {
    Map<String, Node> changed = new HashMap<>();
    Graph.Builder builder = graph.edit();
    for (Layer.Solved layer : solved) {
      String bias = biasName(graph, layer.layer());
      builder.constant(bias, layer.bias());
      for (Layer.Use use : layer.layer().uses()) {
        Node node = use.node();
        builder.constant(node.inputs().get(1), layer.weights());
        List<String> inputs = List.of(node.inputs().get(0), node.inputs().get(1), bias);
        changed.put(node.name(), node.withInputs(inputs).with(use.form().operator()));
      }
    }
    return builder
        .nodes(graph.nodes().stream().map(n -> changed.getOrDefault(n.name(), n)).toList())
        .build();
  }

  /** A bias that others read stays theirs. */
  private static String biasName(Graph graph, Layer layer) {
    Node first = layer.uses().get(0).node();
    String bias = first.hasInput(2) ? first.inputs().get(2) : "";
    if (!bias.isEmpty() && graph.readers(bias).size() == layer.uses().size()) {
      return bias;
    }
    String name = first.name() + ".refit_bias";
    while (graph.constant(name) != null || graph.producer(name) != null) {
      name += "_";
    }
    return name;
  }
}
