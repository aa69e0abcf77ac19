package dev.capstan.pipeline.stage;

import dev.capstan.cost.Cost;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.op.Conv;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How many images corrections in closed form see, of as many as a budget of forward runs buys.
 *
 * @param statistics to measure channels' means and variances on
 * @param equations that weights are solved for with
 * @param forwardRuns what both cost, in forward runs of one image through the original
 */
record CorrectionLength(int statistics, int equations, double forwardRuns) {
  /** A channel's mean and variance over all places of so many images are known well enough. */
  private static final int MOST_STATISTICS = 256;

  private static final int MOST_EQUATIONS = 2000;

  /** Of the budget: for statistics of two networks, of which one goes on. */
  private static final double STATISTICS = 0.25;

  private static final int NETWORKS = 2;

  /** Fewer images than these say too little, whatever they cost. */
  private static final int LEAST = 32;

  /** Positions of an image that give equations, at most. */
  private static final double POSITIONS = 1024;

  /**
   * What a budget buys for a network of which a share is kept.
   *
   * @param available images that there are, at least one
   */
  static CorrectionLength of(Graph original, double kept, double runs, int available) {
    double whole = Math.max(1, Cost.of(original).macs());
    double both = 1 + kept;
    // Of each layer's inputs and outputs the root of that is left.
    double solved = both + kept * equations(original) / whole;
    int statistics = bounded(STATISTICS * runs / NETWORKS / both, MOST_STATISTICS, available);
    int equations = bounded((1 - STATISTICS) * runs / solved, MOST_EQUATIONS, available);
    return new CorrectionLength(
        statistics, equations, NETWORKS * both * statistics + solved * equations);
  }

  private static int bounded(double bought, int most, int available) {
    return (int) Math.min(Math.max(LEAST, Math.min(bought, most)), available);
  }

  /** Multiply-accumulates of the equations that one image gives all layers. */
  private static double equations(Graph graph) {
    double sum = 0;
    for (Map.Entry<String, Long> layer : Cost.macs(graph).entrySet()) {
      Node node = graph.node(layer.getKey());
      if (node.operator() instanceof Conv conv && conv.groups() == 1) {
        sum += equations(graph.constant(node.inputs().get(1)), layer.getValue());
      }
    }
    return sum;
  }

  /** K inputs and M outputs make a row of K + M numbers, to be multiplied by K. */
  private static double equations(@Nullable Constant weights, double macs) {
    if (weights == null) {
      return 0;
    }
    double inputs = (double) weights.elements() / weights.size(0);
    double positions = Math.min(POSITIONS, macs / weights.elements());
    return positions * inputs * (inputs + weights.size(0));
  }
}
