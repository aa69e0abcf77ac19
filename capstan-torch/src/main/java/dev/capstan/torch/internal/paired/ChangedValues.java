package dev.capstan.torch.internal.paired;

import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The values that differ between a network and one with the same nodes of which some are changed:
 * what a changed node gives, and all that is computed from it.
 */
public final class ChangedValues {
  private final Set<String> values = new HashSet<>();

  /**
   * The values after some nodes.
   *
   * @param changed whether a node itself is another one, as by its weights
   */
  public ChangedValues(Graph graph, Predicate<Node> changed) {
    for (Node node : graph.nodes()) {
      if (changed.test(node) || reads(node)) {
        node.outputs().stream().filter(name -> !name.isEmpty()).forEach(values::add);
      }
    }
  }

  /** Whether a value differs. */
  public boolean contains(String value) {
    return values.contains(value);
  }

  /** Whether what a node gives differs. */
  public boolean gives(Node node) {
    return values.contains(node.output());
  }

  /** Whether what a node reads differs. */
  public boolean reads(Node node) {
    return node.inputs().stream().anyMatch(values::contains);
  }
}
