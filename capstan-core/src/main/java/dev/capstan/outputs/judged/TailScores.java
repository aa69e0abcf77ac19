package dev.capstan.outputs.judged;

import dev.capstan.graph.ForeignNode;
import dev.capstan.graph.Shape;
import dev.capstan.graph.Tail;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Values of a tail that are shares of 1 by how they come about. */
final class TailScores {
  private static final Set<String> SHARES = Set.of("Sigmoid", "Softmax");

  private final Tail tail;
  private final Scores before;
  private final Map<String, ForeignNode> producers = new HashMap<>();

  /**
   * Those of a tail.
   *
   * @param before those of the graph before it
   */
  TailScores(Tail tail, Scores before) {
    this.tail = tail;
    this.before = before;
    tail.nodes().forEach(node -> node.outputs().forEach(output -> producers.put(output, node)));
  }

  /**
   * Whether the file gives scores and other numbers of the same places in one output, as detectors
   * do that leave it to the caller to choose.
   */
  boolean joined() {
    return tail.outputs().stream().filter(this::hasPlaces).map(this::moved).anyMatch(this::joins);
  }

  private boolean hasPlaces(String output) {
    return tail.shapes().of(output).map(Shape::rank).orElse(0) >= Scores.LEAST_RANK;
  }

  private String moved(String value) {
    ForeignNode node = producers.get(value);
    return node != null && TailWays.moves(node, node.inputs().get(0))
        ? moved(node.inputs().get(0))
        : value;
  }

  private boolean joins(String value) {
    ForeignNode node = producers.get(value);
    return node != null
        && node.type().equals("Concat")
        && node.inputs().stream().map(this::contains).distinct().count() == 2;
  }

  private boolean contains(String value) {
    String from = moved(value);
    ForeignNode node = producers.get(from);
    return node == null ? before.contains(from) : SHARES.contains(node.type());
  }
}
