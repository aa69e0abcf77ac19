package dev.capstan.pipeline.input;

import dev.capstan.cost.Cost;
import dev.capstan.cost.TailCost;
import dev.capstan.graph.DataType;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Tail;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.Value;
import dev.capstan.graph.op.Opaque;
import dev.capstan.report.UncompressedTail;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tells what becomes of the part of a network that cannot be worked with. */
public final class Tails {
  /** Types of inputs that are numbers of words, never pictures. */
  private static final Set<DataType> WORDS = Set.of(DataType.INT32, DataType.INT64, DataType.BOOL);

  private Tails() {}

  /**
   * What is told of a tail.
   *
   * @param assumed names of inputs that it was run with ones for
   * @param refusal why ONNX Runtime could not run it; null if it was run
   */
  public static UncompressedTail told(Tail tail, List<String> assumed, @Nullable String refusal) {
    Cost cost = TailCost.of(tail).cost(tail);
    return new UncompressedTail(
        tail.reasons(),
        TailCost.weighted(tail),
        tail.reads(),
        cost.macs(),
        cost.parameters(),
        cost.uncounted(),
        assumed,
        refusal);
  }

  /** Names of inputs of a model that a run needs beside the image and those that are given. */
  public static List<String> missing(Graph graph, Set<String> given) {
    return graph.tail().map(Tail::inputs).orElse(List.of()).stream()
        .map(Value::name)
        .filter(input -> !given.contains(input))
        .filter(input -> graph.inputs().stream().noneMatch(i -> i.name().equals(input)))
        .toList();
  }

  /** Says that an input was not given, and how to give it. */
  static String ask(Tail tail, String missing) {
    TensorType type =
        tail.inputs().stream()
            .filter(input -> input.name().equals(missing))
            .findFirst()
            .orElseThrow()
            .type();
    return "the input '%s' (%s) is read after the part that can be compressed, and nothing was given for it: say what it is with setting 'input' %s=NUMBER,..."
        .formatted(missing, type, missing);
  }

  /** What the first node of a graph's tail lacks, and what would help; empty without a tail. */
  public static String why(Graph graph) {
    return graph
        .tail()
        .map(
            tail ->
                tail.reasons().get(0)
                    + "; this and what comes after it stays as it is: export the model with standard"
                    + " operators in its place, and images of one size where that is what is"
                    + " missing, to have it compressed too")
        .orElse("");
  }

  /** Of nodes between layers that are not known, in words, for whoever waits; empty for none. */
  static String held(Graph graph) {
    List<String> held =
        graph.nodes().stream()
            .filter(node -> node.operator() instanceof Opaque)
            .map(node -> "'%s' (%s)".formatted(node.name(), node.operator().type()))
            .toList();
    return held.isEmpty()
        ? ""
        : "not known, and run by ONNX Runtime as in the file: %s; layers on both sides are compressed, fine-tuning reaches those behind alone"
            .formatted(String.join(", ", held));
  }

  /** Why there is nothing to compress in a network that is all tail. */
  static String refusal(Tail tail) {
    return tail.inputs().stream()
        .filter(input -> WORDS.contains(input.type().type()))
        .findFirst()
        .map(
            words ->
                "nothing to compress: its input '%s', %s, holds numbers of words or rows; what is compressed are convolutional networks that see pictures or arrays of floating-point numbers"
                    .formatted(words.name(), words.type()))
        .orElse(
            "nothing to compress: no layer of a convolutional network comes before "
                + tail.reasons().get(0));
  }

  /** In words, for whoever waits. */
  public static String note(Tail tail) {
    List<String> weighted = TailCost.weighted(tail);
    String weights =
        weighted.isEmpty() ? "" : ", with the weights of " + String.join(", ", weighted);
    return "%s: this and what comes after it is carried over unchanged%s; the network is compressed up to %s"
        .formatted(tail.reasons().get(0), weights, String.join(", ", tail.reads()));
  }
}
