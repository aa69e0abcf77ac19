package dev.capstan.learn;

import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.rank.Ranks;
import dev.capstan.space.Bases;
import dev.capstan.space.Basis;
import dev.capstan.space.Binding;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Layout.Segment;
import dev.capstan.space.Space;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What the original's activations on a few images tell: the mean squared norm of every tensor to
 * compare with, and the energy of every channel.
 */
final class Calibration {
  private final Graph graph;
  private final ChannelSpaces spaces;
  private final Ranks ranks;
  private final Map<String, Double> norms = new HashMap<>();
  private final Map<String, double[]> energies = new HashMap<>();
  private long images;

  private final Set<String> observed = new HashSet<>();

  /** Watches what the consumers of the spaces to compress read, and what is compared. */
  Calibration(Graph graph, ChannelSpaces spaces, Ranks ranks) {
    this.graph = graph;
    this.spaces = spaces;
    this.ranks = ranks;
    Map<String, Basis> all = new HashMap<>();
    for (Space space : compressed()) {
      all.put(space.name(), Basis.identity(space.width()));
      space.consumers().forEach(node -> observed.add(graph.node(node).inputs().get(0)));
    }
    observed.addAll(Tap.values(Tap.of(graph, spaces, new Bases(all))));
  }

  /** Adds the values of one batch. */
  OriginalRun.Observer batch(long size) {
    images += size;
    return (node, values) -> {
      for (String output : node.outputs()) {
        if (observed.contains(output)) {
          add(output, Moments.ofChannels(values.apply(output)));
        }
      }
    };
  }

  private void add(String value, double[] channelSums) {
    norms.merge(value, Arrays.stream(channelSums).sum(), Double::sum);
    energies.merge(value, channelSums, Calibration::sum);
  }

  private static double[] sum(double[] a, double[] b) {
    return IntStream.range(0, a.length).mapToDouble(i -> a[i] + b[i]).toArray();
  }

  /** c by value: the mean squared norm for one image. */
  Map<String, Double> scales() {
    Map<String, Double> scales = new HashMap<>();
    norms.forEach((value, norm) -> scales.put(value, norm / images));
    return scales;
  }

  /**
   * The start "S": for each space the channels with the most activation energy times weight energy
   * of what reads them, {@code sum_consumers E[x_c^2] ||W[:, c]||^2}.
   */
  Bases selection() {
    Map<String, Basis> bases = new LinkedHashMap<>();
    for (Space space : compressed()) {
      int[] kept = largest(score(space), ranks.of(space), space.groups());
      bases.put(space.name(), Basis.selection(space.width(), kept));
    }
    return new Bases(bases);
  }

  private List<Space> compressed() {
    return spaces.compressible().stream().filter(s -> ranks.of(s) < s.width()).toList();
  }

  private double[] score(Space space) {
    double[] score = new double[space.width()];
    for (String consumer : space.consumers()) {
      Node node = graph.node(consumer);
      for (Binding binding : spaces.bindings(consumer)) {
        if (binding.role() == Binding.Role.DECODE) {
          addScore(space, node, binding, score);
        }
      }
    }
    return score;
  }

  private void addScore(Space space, Node node, Binding binding, double[] score) {
    Constant weights = graph.constant(node.inputs().get(binding.input()));
    double[] activations = energies.get(node.inputs().get(0));
    if (weights == null || activations == null) {
      return;
    }
    double[] weightEnergy =
        binding.groups() > 1
            ? Moments.inGroups(weights, binding.groups())
            : Moments.alongAxis(weights, binding.axis());
    int from = 0;
    for (Segment segment : binding.segments()) {
      Space of = spaces.space(segment.space());
      for (int i = 0; i < of.width() * segment.repeat(); i++) {
        if (of.equals(space)) {
          score[i / segment.repeat()] += activations[from + i] * weightEnergy[from + i];
        }
      }
      from += of.width() * segment.repeat();
    }
  }

  /** The channels of the largest scores, as many in each group. */
  private static int[] largest(double[] score, int count, int groups) {
    int width = score.length / groups;
    return IntStream.range(0, groups)
        .flatMap(
            group ->
                IntStream.range(group * width, (group + 1) * width)
                    .boxed()
                    .sorted((a, b) -> Double.compare(score[b], score[a]))
                    .limit(count / groups)
                    .mapToInt(Integer::intValue)
                    .sorted())
        .toArray();
  }
}
