package dev.capstan.outputs.judged;

import dev.capstan.graph.ForeignNode;
import dev.capstan.graph.Tail;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Ways of values through a tail: where they end up once they were only moved. */
final class TailWays {
  /** Operators that give elements of their first input as they are. */
  private static final Set<String> MOVING =
      Set.of(
          "Identity",
          "Reshape",
          "Flatten",
          "Squeeze",
          "Unsqueeze",
          "Transpose",
          "Slice",
          "Split",
          "Gather",
          "GatherND",
          "Expand");

  private static final Set<Long> FLOATING = Set.of(1L, 10L, 11L, 16L);

  private final Tail tail;

  TailWays(Tail tail) {
    this.tail = tail;
  }

  /**
   * A node that reads a value, moved or not.
   *
   * @param value the name by which it reads it
   */
  record End(ForeignNode node, String value) {
    /** Whether it asks for extents alone. */
    boolean isShape() {
      return is("Shape") || is("Size");
    }

    boolean is(String type) {
      return node.domain().isEmpty() && node.type().equals(type);
    }
  }

  /**
   * Where a value ends up.
   *
   * @param ends the nodes that make something of it
   * @param given whether the file gives it, moved or not
   */
  record Way(List<End> ends, boolean given) {}

  Way of(String value) {
    List<End> ends = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    Deque<String> open = new ArrayDeque<>(List.of(value));
    while (!open.isEmpty()) {
      String at = open.remove();
      for (ForeignNode node : seen.add(at) ? tail.readers(at) : List.<ForeignNode>of()) {
        if (moves(node, at)) {
          open.addAll(node.outputs());
        } else {
          ends.add(new End(node, at));
        }
      }
    }
    return new Way(ends, tail.outputs().stream().anyMatch(seen::contains));
  }

  /**
   * Outputs of the file that list what is found: as many as there are, in an order that a score
   * sets, so that of two networks' lists no element stands beside its like.
   */
  static Set<String> lists(Tail tail) {
    Set<String> listed = new HashSet<>();
    for (ForeignNode node : tail.nodes()) {
      if (Lists.finds(node) || node.inputs().stream().anyMatch(listed::contains)) {
        listed.addAll(node.outputs());
      }
    }
    listed.retainAll(tail.outputs());
    return listed;
  }

  /** Whether a node gives elements of a value as they are. */
  static boolean moves(ForeignNode node, String value) {
    boolean moves =
        MOVING.contains(node.type())
            || (node.type().equals("Cast") && FLOATING.contains(node.integer("to")));
    return node.domain().isEmpty() && moves && node.inputs().lastIndexOf(value) == 0;
  }
}
