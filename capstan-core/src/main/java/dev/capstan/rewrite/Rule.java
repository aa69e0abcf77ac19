package dev.capstan.rewrite;

import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One rewrite: a pattern, and what takes its place. */
public interface Rule {
  /**
   * What takes the place of the pattern whose last node is {@code node}, if it is there.
   *
   * @param graph the graph as it stands
   * @param node a node of it
   */
  Optional<Replacement> apply(Graph graph, Node node);

  /**
   * A part of a graph to replace.
   *
   * @param removed names of the nodes that go
   * @param added nodes that come, at the place of the last one that goes
   * @param constants constants that come
   */
  record Replacement(List<String> removed, List<Node> added, Map<String, Constant> constants) {}
}
