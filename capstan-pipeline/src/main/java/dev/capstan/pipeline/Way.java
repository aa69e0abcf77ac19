package dev.capstan.pipeline;

import dev.capstan.compress.Compression;
import dev.capstan.graph.Graph;
import dev.capstan.space.Bases;

/**
 * A compressed network on its way through the stages.
 *
 * @param ranking the spaces and their ranks
 * @param bases what the kernels were made smaller with
 * @param graph the network as it stands
 * @param seen images seen so far
 */
record Way(Ranking ranking, Bases bases, Graph graph, ImagesSeen seen) {
  /** The beginning: kernels made smaller. */
  static Way projected(Ranking ranking, Bases bases, ImagesSeen seen) {
    return new Way(
        ranking, bases, Compression.apply(ranking.graph(), ranking.spaces(), bases), seen);
  }

  /** The same with other weights, for which these images were seen. */
  Way with(Graph changed, ImagesSeen then) {
    return new Way(ranking, bases, changed, then);
  }
}
