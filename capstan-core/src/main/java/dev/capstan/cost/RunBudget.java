package dev.capstan.cost;

import dev.capstan.graph.Graph;

/**
 * What a stage may cost, in forward runs of one image through the original: a number that means the
 * same for every network, and that seconds follow from once a few runs were timed.
 *
 * @param runs what networks of the size of photos are given
 * @param macs multiply-accumulates that are spent on smaller networks: their runs are so cheap that
 *     more of them are worth it
 */
public record RunBudget(long runs, double macs) {
  /** Runs for one network. */
  public double of(Graph graph) {
    return Math.max(runs, macs / Math.max(1, Cost.of(graph).macs()));
  }
}
