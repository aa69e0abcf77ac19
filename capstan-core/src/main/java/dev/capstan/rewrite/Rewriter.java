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
  /** Nodes that passes look at: a chain made for it would take as many passes as it has nodes. */
  static final int MOST_LOOKS = 1 << 18;

  /** However many nodes there are. */
  private static final int FEW_PASSES = 8;

  private Rewriter() {}

  /**
   * The rewritten graph.
   *
   * <p>Patterns that do not overlap are replaced in one pass, so the time is linear in the number
   * of nodes for each pass, and few passes are needed. Where more are, what is left stays as it is,
   * which computes the same.
   */
  public static Graph apply(Graph graph, Rule rule) {
    Graph current = graph;
    Optional<Graph> next = pass(current, rule);
    long looks = graph.nodes().size();
    for (int passes = 1;
        next.isPresent() && (passes < FEW_PASSES || looks < MOST_LOOKS);
        passes++) {
      current = next.get();
      looks += current.nodes().size();
      next = pass(current, rule);
    }
    return next.orElse(current);
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
