package dev.capstan.torch.internal.refit;

import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.torch.internal.paired.ChangedValues;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An order of a graph's nodes in which those that read one kernel follow one another: all that such
 * a kernel is fed is then there before any of them runs, so that one system can be solved for all
 * of its uses. A kernel one use of which needs another (the same layer again and again) has no such
 * order, and neither has one of two that branches apply in opposite turns.
 *
 * <p>Without shared kernels the order stays as it is.
 */
final class UseOrder {
  private final Graph graph;

  /** The nodes that read the kernel a node reads, by the node's name, where they can be joined. */
  private final Map<String, List<Node>> uses = new HashMap<>();

  private final Set<Node> ordered = new LinkedHashSet<>();

  /** Nodes that wait for others to run first. */
  private final Set<Node> waiting = new HashSet<>();

  private UseOrder(Graph graph) {
    this.graph = graph;
    kernels(graph).values().forEach(this::join);
  }

  /** The graph with its nodes in such an order. */
  static Graph of(Graph graph) {
    UseOrder order = new UseOrder(graph);
    graph.nodes().forEach(order::run);
    return graph.edit().nodes(List.copyOf(order.ordered)).build();
  }

  /** Another graph of nodes of the same names, in the same order. */
  static Graph like(Graph ordered, Graph graph) {
    return graph
        .edit()
        .nodes(ordered.nodes().stream().map(node -> graph.node(node.name())).toList())
        .build();
  }

  private static Map<String, List<Node>> kernels(Graph graph) {
    Map<String, List<Node>> kernels = new LinkedHashMap<>();
    for (Node node : graph.nodes()) {
      boolean isLayer = LinearForm.of(node.operator(), 2) != null;
      if (isLayer && graph.constant(node.inputs().get(1)) != null) {
        kernels.computeIfAbsent(node.inputs().get(1), k -> new ArrayList<>()).add(node);
      }
    }
    kernels.values().removeIf(nodes -> nodes.size() == 1);
    return kernels;
  }

  private void join(List<Node> nodes) {
    ChangedValues after = new ChangedValues(graph, nodes::contains);
    if (nodes.stream().noneMatch(after::reads)) {
      nodes.forEach(node -> uses.put(node.name(), nodes));
    }
  }

  /** Runs a node, with all that read its kernel, after all that any of them needs. */
  private void run(Node node) {
    if (waiting.contains(node)) {
      // Two kernels wait for each other: this one's uses go one by one.
      uses.getOrDefault(node.name(), List.of()).forEach(use -> uses.remove(use.name()));
    }
    List<Node> together = together(node);
    waiting.addAll(together);
    before(together).forEach(this::run);
    waiting.removeAll(together);
    ordered.addAll(together(node));
  }

  private List<Node> together(Node node) {
    return ordered.contains(node) ? List.of() : uses.getOrDefault(node.name(), List.of(node));
  }

  /** What some nodes need and has not run yet, in the graph's order. */
  private List<Node> before(List<Node> nodes) {
    Set<Node> needed = new HashSet<>();
    Deque<Node> open = new ArrayDeque<>(nodes);
    while (!open.isEmpty()) {
      for (String input : open.pop().inputs()) {
        Node producer = graph.producer(input);
        if (producer != null && !ordered.contains(producer) && needed.add(producer)) {
          open.push(producer);
        }
      }
    }
    return needed.isEmpty() ? List.of() : graph.nodes().stream().filter(needed::contains).toList();
  }
}
