package dev.capstan.rewrite;

import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.op.BatchNormalization;
import dev.capstan.graph.op.Conv;
import dev.capstan.graph.op.FixedKernel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A BatchNormalization after each Conv that in evaluation mode changes nothing (docs/method.md,
 * section 6.4): {@code scale = sqrt(variance + epsilon)}, {@code shift = mean}. The Conv's bias
 * goes into it: its mean is that of the Conv without bias.
 *
 * <p>Filters are brought to norm 1, which the normalization undoes: behind it a filter's norm says
 * nothing but how fast the filter turns at a learning rate, and folded ones have very different
 * norms (docs/experiments.md).
 *
 * <p>{@link FoldBatchNorm} is the way back: nodes, values and biases then have the names they had.
 * A Conv whose weights or bias are computed or shared stays as it is, because it could not be
 * folded; so does one that has a BatchNormalization.
 */
public final class RestoreBatchNorm implements Rule {
  private static final float EPSILON = 1e-5f;

  private final Map<String, Statistics> statistics;
  private final Map<String, Statistics> targets;

  /**
   * Mean and variance of a Conv's outputs, bias included, over images and places.
   *
   * @param mean one number a channel
   * @param variance the same
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
  public record Statistics(double[] mean, double[] variance) {}

  /**
   * The rule for Convs whose statistics are known.
   *
   * @param statistics by the name of a Conv's output; Convs not named here stay as they are
   */
  public RestoreBatchNorm(Map<String, Statistics> statistics) {
    this(statistics, statistics);
  }

  /**
   * The rule for a network whose statistics are not what they should be: a normalization takes a
   * Conv's outputs from those they have to those they should have.
   *
   * @param statistics by the name of a Conv's output; Convs not named here stay as they are
   * @param targets the same of what the normalization is to give
   */
  public RestoreBatchNorm(Map<String, Statistics> statistics, Map<String, Statistics> targets) {
    this.statistics = Map.copyOf(statistics);
    this.targets = Map.copyOf(targets);
  }

  @Override
  public Optional<Replacement> apply(Graph graph, Node conv) {
    Statistics known = statistics.get(conv.output());
    Statistics target = targets.get(conv.output());
    return known != null && target != null && fits(graph, conv)
        ? Optional.of(restore(graph, conv, known, target))
        : Optional.empty();
  }

  /** Whether a node is a Conv without a BatchNormalization of its own that could have one. */
  public static boolean fits(Graph graph, Node node) {
    return node.operator() instanceof Conv
        && isOwn(graph, node)
        && !isNormalized(graph, node)
        && !FixedKernel.of(graph, node);
  }

  private static boolean isNormalized(Graph graph, Node conv) {
    Node reader = graph.soleReader(conv.output());
    return reader != null && reader.operator() instanceof BatchNormalization;
  }

  private static boolean isOwn(Graph graph, Node conv) {
    return conv.inputs().stream()
        .skip(1)
        .filter(input -> !input.isEmpty())
        .allMatch(input -> graph.constant(input) != null && graph.soleReader(input) != null);
  }

  private static Replacement restore(Graph graph, Node conv, Statistics known, Statistics target) {
    String plain = conv.output() + "/plain";
    String norm = conv.name() + "/norm";
    // Folding names the bias it makes after the shift.
    String shift = conv.hasInput(2) ? conv.inputs().get(2) : norm + "/shift";
    List<String> parameters = List.of(norm + "/scale", shift, norm + "/mean", norm + "/variance");
    List<String> inputs = new ArrayList<>(List.of(plain));
    inputs.addAll(parameters);
    Node bare =
        new Node(
            conv.name(), conv.operator(), conv.inputs().subList(0, 2), List.of(plain), conv.doc());
    Node added = new Node(norm, new BatchNormalization(EPSILON), inputs, conv.outputs());
    return new Replacement(
        List.of(conv.name()),
        List.of(bare, added),
        constants(graph, conv, known, target, parameters));
  }

  private static Map<String, Constant> constants(
      Graph graph, Node conv, Statistics known, Statistics target, List<String> names) {
    Constant bias = conv.hasInput(2) ? graph.constant(conv.inputs().get(2)) : null;
    int channels = known.mean().length;
    float[] biases = bias == null ? new float[channels] : bias.floats();
    String weightName = conv.inputs().get(1);
    Constant kernel = Objects.requireNonNull(graph.constant(weightName), weightName);
    double[] factors = toUnitNorm(kernel);
    float[][] values = new float[4][channels];
    for (int c = 0; c < channels; c++) {
      double factor = factors[c];
      float variance = (float) (known.variance()[c] * factor * factor);
      float spread = (float) (target.variance()[c] * factor * factor);
      values[0][c] = (float) (Math.sqrt((double) spread + EPSILON) / factor);
      values[1][c] = (float) target.mean()[c];
      values[2][c] = (float) ((known.mean()[c] - biases[c]) * factor);
      values[3][c] = variance;
    }
    Map<String, Constant> constants = new HashMap<>();
    for (int i = 0; i < values.length; i++) {
      constants.put(names.get(i), Constant.of(values[i], channels));
    }
    constants.put(weightName, scaled(kernel, factors));
    return constants;
  }

  /** What each filter is multiplied by to have norm 1; filters of zeros stay as they are. */
  private static double[] toUnitNorm(Constant kernel) {
    float[] weights = kernel.floats();
    int inner = weights.length / kernel.size(0);
    double[] factors = new double[kernel.size(0)];
    for (int c = 0; c < factors.length; c++) {
      double sum = 0;
      for (int i = c * inner; i < (c + 1) * inner; i++) {
        sum += (double) weights[i] * weights[i];
      }
      factors[c] = sum > 0 ? 1 / Math.sqrt(sum) : 1;
    }
    return factors;
  }

  private static Constant scaled(Constant kernel, double[] factors) {
    float[] weights = kernel.floats();
    int inner = weights.length / factors.length;
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) (weights[i] * factors[i / inner]);
    }
    return kernel.withFloats(weights, kernel.sizes());
  }
}
