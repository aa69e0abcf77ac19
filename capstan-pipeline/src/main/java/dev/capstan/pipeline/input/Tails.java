package dev.capstan.pipeline.input;

import dev.capstan.graph.Graph;
import dev.capstan.graph.Tail;
import dev.capstan.report.UncompressedTail;
import org.jspecify.annotations.Nullable;

/** Tells what becomes of the part of a network that cannot be worked with. */
public final class Tails {
  private Tails() {}

  /**
   * What is told of a tail.
   *
   * @param refusal why ONNX Runtime could not run it; null if it was run
   */
  public static UncompressedTail told(Tail tail, @Nullable String refusal) {
    return new UncompressedTail(tail.reasons(), tail.weighted(), tail.reads(), refusal);
  }

  /** What the first node of a graph's tail lacks, and what would help; empty without a tail. */
  public static String why(Graph graph) {
    return graph
        .tail()
        .map(
            tail ->
                tail.reasons().get(0)
                    + "; it and what comes after it stays as it is: export the model with standard"
                    + " operators in its place to have that compressed too")
        .orElse("");
  }

  /** In words, for whoever waits. */
  public static String note(Tail tail) {
    String weights =
        tail.weighted().isEmpty()
            ? ""
            : ", with the weights of %s, whose multiply-accumulates are not counted"
                .formatted(String.join(", ", tail.weighted()));
    return "%s: it and what comes after it is carried over unchanged%s; the network is compressed up to %s"
        .formatted(tail.reasons().get(0), weights, String.join(", ", tail.reads()));
  }
}
