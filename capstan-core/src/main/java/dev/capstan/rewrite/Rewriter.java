package dev.capstan.rewrite;

import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Applies a rule wherever its pattern is found, until it is found no more. */
public final class Rewriter {
  private Rewriter() {}

  /**
   * The rewritten graph.
   *
   * <p>Patterns that do not overlap are replaced in one pass, so the time is linear in the number
   * of nodes for each pass, and few passes are needed.
   */
  public static Graph apply(Graph graph, Rule rule) {
    Graph current = graph;
    for (Optional<Graph> next = pass(current, rule); next.isPresent(); next = pass(current, rule)) {
      current = next.get();
    }
    return current;
  }

  private static Optional<Graph> pass(Graph graph, Rule rule) {
    Set<String> removed = new HashSet<>();
    Map<String, List<Node>> added = new HashMap<>();
    Graph.Builder builder = graph.edit();
    for (Node node : graph.nodes()) {
      rule.apply(graph, node)
          .filter(replacement -> replacement.removed().stream().noneMatch(removed::contains))
          .ifPresent(
              replacement -> {
                removed.addAll(replacement.removed());
                added.put(node.name(), replacement.added());
                replacement.constants().forEach(builder::constant);
              });
    }
    if (added.isEmpty()) {
      return Optional.empty();
    }
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      nodes.addAll(added.getOrDefault(node.name(), List.of()));
      if (!removed.contains(node.name())) {
        nodes.add(node);
      }
    }
    return Optional.of(builder.nodes(nodes).build());
  }
}
