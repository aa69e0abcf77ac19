package dev.capstan.pipeline.preprocess;

import static java.util.Objects.requireNonNull;

import dev.capstan.data.Batch;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.Value;
import dev.capstan.graph.op.BatchNormalization;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * How well activations fit the statistics that BatchNormalization has kept of training: of each
 * channel the divergence between two normal distributions, {@code d = (v/s + (m - mu)^2/s - 1 -
 * log(v/s)) / 2}, m and v those of the images, mu and s those stored; the score is {@code -mean
 * log(1 + d)}.
 */
final class StatisticsCriterion implements Criterion {
  /** Layers near the input: what comes later depends on what the images show. */
  private static final int LAYERS = 8;

  private static final double LEAST = 0.03;
  private static final double WORST = -1.0;

  /**
   * A normalization.
   *
   * @param input what it reads
   * @param mean stored, one a channel
   * @param variance the same
   */
  private record Layer(Value input, float[] mean, float[] variance) {}

  private final Graph graph;
  private final List<Layer> layers;

  /**
   * By convention, group and layer: for each channel the number of values, their sum and squares.
   */
  private final double[][][][] moments;

  StatisticsCriterion(Graph network, int conventions, int groups) {
    this.layers = layers(network);
    this.graph = upTo(network, layers.stream().map(Layer::input).toList());
    this.moments = new double[conventions][groups][layers.size()][];
    for (double[][][] convention : moments) {
      for (double[][] group : convention) {
        for (int l = 0; l < group.length; l++) {
          group[l] = new double[3 * layers.get(l).mean().length];
        }
      }
    }
  }

  /** What is computed for these values, and nothing else: the rest would take most of the time. */
  private static Graph upTo(Graph network, List<Value> values) {
    Set<String> needed = new HashSet<>();
    values.forEach(value -> needed.add(value.name()));
    List<Node> kept = new ArrayList<>();
    for (int i = network.nodes().size() - 1; i >= 0; i--) {
      Node node = network.nodes().get(i);
      if (node.outputs().stream().anyMatch(needed::contains)) {
        needed.addAll(node.inputs());
        kept.add(0, node);
      }
    }
    return network.edit().tail(null).nodes(kept).outputs(values).build();
  }

  /** Whether a network has kept any. */
  static boolean serves(Graph network) {
    return !layers(network).isEmpty();
  }

  private static List<Layer> layers(Graph network) {
    Map<String, TensorType> types = ShapeInference.of(network);
    List<Layer> found = new ArrayList<>();
    for (Node node : network.nodes()) {
      if (found.size() < LAYERS && node.operator() instanceof BatchNormalization) {
        String read = node.inputs().get(0);
        TensorType type = types.get(read);
        Constant mean = network.constant(node.inputs().get(3));
        Constant variance = network.constant(node.inputs().get(4));
        boolean computed = network.producer(read) != null;
        if (mean != null && variance != null && computed && type != null && isOfPixels(type)) {
          found.add(new Layer(new Value(read, type), mean.floats(), variance.floats()));
        }
      }
    }
    return found;
  }

  private static boolean isOfPixels(TensorType type) {
    return type.shape().rank() == 4;
  }

  @Override
  public String name() {
    return "fit to BatchNormalization's statistics";
  }

  @Override
  public Graph graph() {
    return graph;
  }

  @Override
  public void see(
      Place place,
      Batch batch,
      UnitImages images,
      Function<UnitImages, Map<String, Constant>> run) {
    Map<String, Constant> found = run.apply(images);
    for (int l = 0; l < layers.size(); l++) {
      Constant activations = requireNonNull(found.get(layers.get(l).input().name()));
      add(moments[place.convention()][place.group()][l], activations);
    }
  }

  private static void add(double[] sums, Constant activations) {
    float[] values = activations.floats();
    int channels = sums.length / 3;
    int plane = values.length / (activations.size(0) * channels);
    for (int i = 0; i < values.length; i++) {
      int c = i / plane % channels;
      sums[3 * c]++;
      sums[3 * c + 1] += values[i];
      sums[3 * c + 2] += (double) values[i] * values[i];
    }
  }

  @Override
  public double score(int convention, int without) {
    double sum = 0;
    for (int l = 0; l < layers.size(); l++) {
      sum += score(layers.get(l), l, convention, without);
    }
    return sum / layers.size();
  }

  private double score(Layer layer, int l, int convention, int without) {
    double sum = 0;
    int channels = layer.mean().length;
    for (int c = 0; c < channels; c++) {
      double[] kept = new double[3];
      for (int group = 0; group < moments[convention].length; group++) {
        for (int i = 0; i < 3 && group != without; i++) {
          kept[i] += moments[convention][group][l][3 * c + i];
        }
      }
      sum -= Math.log1p(divergence(kept, layer.mean()[c], layer.variance()[c]));
    }
    return sum / channels;
  }

  private static double divergence(double[] kept, double mean, double variance) {
    double found = kept[1] / kept[0];
    double spread = kept[2] / kept[0] - found * found;
    double stored = variance + 1e-8;
    double ratio = Math.max(spread, 1e-8 * stored) / stored;
    return Math.max(
        0, (ratio + (found - mean) * (found - mean) / stored - 1 - Math.log(ratio)) / 2);
  }

  @Override
  public double leastDifference() {
    return LEAST;
  }

  @Override
  public boolean isMeaningful(double score) {
    return score > WORST;
  }
}
