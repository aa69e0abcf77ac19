package dev.capstan.outputs.judged;

import dev.capstan.graph.ForeignNode;
import dev.capstan.outputs.judged.TailWays.End;
import java.util.Set;

/** Operators that list what they find: in an order, and as many, as the numbers would have it. */
final class Lists {
  private static final Set<String> FINDING =
      Set.of("NonZero", "TopK", "ArgMax", "ArgMin", "Unique", "Compress");

  private Lists() {}

  /** Whether a node finds things, itself or in its subgraphs. */
  static boolean finds(ForeignNode node) {
    return FINDING.contains(node.type())
        || isSuppression(node)
        || node.inner().stream().anyMatch(Lists::finds);
  }

  /** Whether a node keeps the best of overlapping boxes, by scores that it reads second. */
  private static boolean isSuppression(ForeignNode node) {
    return node.type().equals("NonMaxSuppression") || node.type().contains("NMS");
  }

  /** Whether a value is the scores by which boxes are kept. */
  static boolean suppressesBy(End end) {
    return isSuppression(end.node()) && end.node().inputs().indexOf(end.value()) == 1;
  }
}
