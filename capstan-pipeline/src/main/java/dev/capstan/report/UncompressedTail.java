package dev.capstan.report;

import dev.capstan.graph.Graph;
import dev.capstan.graph.Tail;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What comes after the part of a network that can be worked with, and is carried over unchanged.
 *
 * @param reasons one line for each node it begins with: what is missing
 * @param weighted nodes in it that hold weights, which are not compressed
 * @param reads tensors that go into it: the network is matched there
 * @param refusal why ONNX Runtime could not run it; null if it was run
 */
public record UncompressedTail(
    List<String> reasons, List<String> weighted, List<String> reads, @Nullable String refusal) {
  /** Copies the lists. */
  public UncompressedTail {
    reasons = List.copyOf(reasons);
    weighted = List.copyOf(weighted);
    reads = List.copyOf(reads);
  }

  public static UncompressedTail of(Tail tail, @Nullable String refusal) {
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
