package dev.capstan.rank.allocate;

import dev.capstan.cost.Cost;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.rank.allocate.Sensitivities.Curve;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Space;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What counts of an error where all that lies behind it learns to make up for it (docs/method.md,
 * section 5.4): {@code exp(-0.3 b)} of a space's rise, b being the share of the network's
 * multiply-accumulates that its channels reach.
 */
public final class DepthDiscount {
  /** What the best bargains of ResNet-20 need; more costs detectors (docs/experiments.md). */
  private static final double STEEPNESS = 0.3;

  private DepthDiscount() {}

  /** These curves, each multiplied by what counts of it. */
  public static Sensitivities of(Sensitivities sensitivities, ChannelSpaces spaces) {
    Map<String, Double> behind = behind(spaces);
    Map<String, Curve> counted = new LinkedHashMap<>();
    sensitivities
        .bySpace()
        .forEach(
            (space, curve) ->
                counted.put(
                    space, curve.times(Math.exp(-STEEPNESS * behind.getOrDefault(space, 0.0)))));
    return new Sensitivities(counted);
  }

  /** By space, the share in [0, 1] of the MACs of all nodes that its channels reach. */
  static Map<String, Double> behind(ChannelSpaces spaces) {
    Graph graph = spaces.graph();
    List<Space> all = spaces.all();
    Map<String, Long> macs = Cost.macs(graph);
    double total = Math.max(1, macs.values().stream().mapToLong(Long::longValue).sum());
    double[] reached = new double[all.size()];
    // By value, the spaces whose channels it hangs on.
    Map<String, BitSet> hangsOn = new HashMap<>();
    for (Node node : graph.nodes()) {
      BitSet read = new BitSet();
      for (String input : node.inputs()) {
        read.or(hangsOn.getOrDefault(input, new BitSet()));
      }
      double share = macs.getOrDefault(node.name(), 0L) / total;
      read.stream().forEach(space -> reached[space] += share);
      for (int space = 0; space < all.size(); space++) {
        if (all.get(space).producers().contains(node.name())) {
          read.set(space);
        }
      }
      node.outputs().forEach(output -> hangsOn.put(output, read));
    }
    Map<String, Double> behind = new HashMap<>();
    for (int space = 0; space < reached.length; space++) {
      behind.put(all.get(space).name(), reached[space]);
    }
    return behind;
  }
}
