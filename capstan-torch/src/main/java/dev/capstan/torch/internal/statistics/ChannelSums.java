package dev.capstan.torch.internal.statistics;

import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.op.Conv;
import dev.capstan.rewrite.RestoreBatchNorm.Statistics;
import dev.capstan.torch.internal.distributed.ProcessGroup;
import java.nio.DoubleBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Sums over the channels that the Convs of a network write, by the name of a Conv's output. Convs
 * whose kernels are computed have none: they could not be given a BatchNorm.
 *
 * <p>Batches are added in their order, so any number of processes gives the same bits: what goes on
 * from a checkpoint knows by its weights whose it is.
 */
final class ChannelSums {
  /** Channels, in the order of the nodes: all processes have the same. */
  private final Map<String, Integer> widths = new LinkedHashMap<>();

  /** Of this process's batch of a step. */
  private final Map<String, ChannelSum> step = new HashMap<>();

  private final Map<String, ChannelSum> sums = new HashMap<>();

  /** Of nothing yet. */
  ChannelSums(Graph graph) {
    for (Node node : graph.nodes()) {
      Constant kernel =
          node.operator() instanceof Conv ? graph.constant(node.inputs().get(1)) : null;
      if (kernel != null) {
        widths.put(node.output(), kernel.size(0));
      }
    }
  }

  /** Whether a value is one of them. */
  boolean has(String value) {
    return widths.containsKey(value);
  }

  /** Adds what a batch gives, one of each process's in a step at most. */
  void add(String value, ChannelSum sum) {
    step.put(value, sum);
  }

  /** Ends a step: adds the batches of all processes, one after the other. */
  void endStep(ProcessGroup group) {
    int length = widths.values().stream().mapToInt(ChannelSum::length).sum();
    double[] all = new double[group.worldSize() * length];
    DoubleBuffer own = DoubleBuffer.wrap(all).position(group.rank() * length);
    widths.forEach((value, width) -> step.getOrDefault(value, ChannelSum.none(width)).write(own));
    step.clear();
    group.sum(all);
    DoubleBuffer whole = DoubleBuffer.wrap(all);
    for (int rank = 0; rank < group.worldSize(); rank++) {
      widths.forEach((value, width) -> merge(value, ChannelSum.read(whole, width)));
    }
  }

  private void merge(String value, ChannelSum sum) {
    if (sum.count() > 0) {
      sums.merge(value, sum, ChannelSum::plus);
    }
  }

  /** What they tell. */
  Map<String, Statistics> statistics() {
    Map<String, Statistics> statistics = new HashMap<>();
    sums.forEach((value, sum) -> statistics.put(value, sum.statistics()));
    return statistics;
  }
}
