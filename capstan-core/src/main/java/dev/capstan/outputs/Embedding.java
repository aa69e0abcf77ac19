package dev.capstan.outputs;

import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.Operator;
import dev.capstan.graph.op.Add;
import dev.capstan.graph.op.Arithmetic;
import dev.capstan.graph.op.AveragePool;
import dev.capstan.graph.op.BatchNormalization;
import dev.capstan.graph.op.Cast;
import dev.capstan.graph.op.Clip;
import dev.capstan.graph.op.Dropout;
import dev.capstan.graph.op.Flatten;
import dev.capstan.graph.op.Gelu;
import dev.capstan.graph.op.GlobalAveragePool;
import dev.capstan.graph.op.Identity;
import dev.capstan.graph.op.LayerNormalization;
import dev.capstan.graph.op.Pointwise;
import dev.capstan.graph.op.Reduce;
import dev.capstan.graph.op.ReduceMean;
import dev.capstan.graph.op.Relu;
import dev.capstan.graph.op.Reshape;
import dev.capstan.graph.op.Squeeze;
import dev.capstan.graph.op.Transpose;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether N x C numbers are an embedding, as far as a network shows it: by the output's name, or by
 * how it ends where no classifier does. Scores of classes come out of a layer with weights, through
 * at most a ReLU and a mean over places (SqueezeNet); an embedding is often the mean of what such a
 * head would read, or is normalised.
 */
final class Embedding {
  private static final Set<String> NAMES =
      Set.of(
          "emb",
          "embs",
          "embed",
          "embeds",
          "embedding",
          "embeddings",
          "descriptor",
          "descriptors",
          "feat",
          "feats",
          "feature",
          "features");

  /** What moves elements, or leaves them as they are. */
  private static final List<Class<? extends Operator>> MOVING =
      List.of(
          Cast.class,
          Dropout.class,
          Flatten.class,
          Identity.class,
          Reshape.class,
          Squeeze.class,
          Transpose.class);

  /** Steps from a quotient's divisor back to the sum of squares: root, clip, expand, reshape. */
  private static final int STEPS = 6;

  private final Graph graph;

  private Embedding(Graph graph) {
    this.graph = graph;
  }

  /** What tells that an output is an embedding, in words; empty where nothing does. */
  static Optional<String> why(Graph graph, String output) {
    return isNamed(output)
        ? Optional.of("its name")
        : Optional.ofNullable(new Embedding(graph).ending(output));
  }

  /** Names of values inside a network are paths through its modules, which tell nothing of it. */
  private static boolean isNamed(String output) {
    return !output.contains("/")
        && Arrays.stream(output.toLowerCase(Locale.ROOT).split("[^a-z]+"))
            .anyMatch(NAMES::contains);
  }

  private @Nullable String ending(String output) {
    Node last = computing(output);
    if (last == null) {
      return null;
    }
    Operator operator = last.operator();
    if (operator instanceof BatchNormalization || operator instanceof LayerNormalization) {
      return "the " + operator.type() + " that it ends in";
    }
    if (operator == Arithmetic.DIV && isNorm(last.inputs().get(1), last.inputs().get(0), STEPS)) {
      return "the length of 1 that it is brought to";
    }
    if (operator instanceof GlobalAveragePool
        || operator instanceof AveragePool
        || operator instanceof ReduceMean) {
      Node pooled = computing(last.inputs().get(0));
      return pooled != null && isFeature(pooled)
          ? "the mean of what %s gives that it ends in".formatted(pooled.operator().type())
          : null;
    }
    return null;
  }

  /** The node that computes a value, whatever moves its elements behind. */
  private @Nullable Node computing(String value) {
    Node node = graph.producer(value);
    while (node != null && MOVING.contains(node.operator().getClass())) {
      node = graph.producer(node.inputs().get(0));
    }
    return node;
  }

  /** What stands inside networks, never between the layer of scores and their mean. */
  private boolean isFeature(Node node) {
    Operator operator = node.operator();
    if (operator instanceof Relu) {
      Node before = computing(node.inputs().get(0));
      return before != null && before.operator() instanceof Add && isSum(before);
    }
    return operator instanceof Clip
        || operator instanceof Gelu
        || operator == Pointwise.HARD_SWISH
        || operator == Pointwise.MISH
        || operator == Arithmetic.MUL
        || operator instanceof Add && isSum(node);
  }

  /** Of two branches, not of a layer and its bias. */
  private boolean isSum(Node add) {
    return add.inputs().stream().allMatch(input -> graph.constant(input) == null);
  }

  /** Whether a value is the root of the sum of the squares of another. */
  private boolean isNorm(String value, String of, int steps) {
    Node node = graph.producer(value);
    if (node == null || steps == 0) {
      return false;
    }
    if (node.operator() instanceof Reduce reduce) {
      String summed = node.inputs().get(0);
      return switch (reduce.function()) {
        case L2, SUM_SQUARE -> summed.equals(of);
        case SUM -> isSquare(graph.producer(summed), of);
        default -> false;
      };
    }
    return isNorm(node.inputs().get(0), of, steps - 1);
  }

  private static boolean isSquare(@Nullable Node node, String of) {
    return node != null
        && (node.operator() == Arithmetic.POW || node.operator() == Arithmetic.MUL)
        && node.inputs().get(0).equals(of);
  }
}
