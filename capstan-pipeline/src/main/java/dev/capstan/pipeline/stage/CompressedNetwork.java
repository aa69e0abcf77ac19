package dev.capstan.pipeline.stage;

import dev.capstan.compress.Compression;
import dev.capstan.graph.Graph;
import dev.capstan.report.ImagesSeen;
import dev.capstan.space.Bases;

/**
 * A compressed network on its way through the stages.
 *
 * @param ranking the spaces and their ranks
 * @param bases what the kernels were made smaller with
 * @param graph the network as it stands
 * @param seen images seen so far
 */
public record CompressedNetwork(RankAllocation ranking, Bases bases, Graph graph, ImagesSeen seen) {
  /** The beginning: kernels made smaller. */
  static CompressedNetwork projected(RankAllocation ranking, Bases bases, ImagesSeen seen) {
    return new CompressedNetwork(
        ranking, bases, Compression.apply(ranking.graph(), ranking.spaces(), bases), seen);
  }

  /** The same with other weights, for which these images were seen. */
  CompressedNetwork with(Graph changed, ImagesSeen then) {
    return new CompressedNetwork(ranking, bases, changed, then);
  }
}
