package dev.capstan.torch.internal.engine;

import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** When the values of a graph are needed no more. */
final class LastUses {
  private LastUses() {}

  /**
   * For each node the values that nothing needs after it: what it gives and nobody reads, then what
   * it reads last. Constants and the graph's outputs are always needed.
   */
  static List<List<String>> of(Graph graph) {
    Set<String> needed = new HashSet<>(graph.constants().keySet());
    graph.outputs().forEach(output -> needed.add(output.name()));
    List<List<String>> reversed = new ArrayList<>();
    for (int i = graph.nodes().size() - 1; i >= 0; i--) {
      reversed.add(last(graph.nodes().get(i), needed));
    }
    Collections.reverse(reversed);
    return reversed;
  }

  /** Those of a node, given the values that are needed after it; its own are added to them. */
  private static List<String> last(Node node, Set<String> needed) {
    List<String> last = new ArrayList<>();
    for (List<String> names : List.of(node.outputs(), node.inputs())) {
      for (String name : names) {
        if (!name.isEmpty() && needed.add(name)) {
          last.add(name);
        }
      }
    }
    return last;
  }
}
