package dev.capstan.pipeline.stage;

import dev.capstan.compress.CompressedNetwork;
import dev.capstan.graph.Graph;
import dev.capstan.rank.allocate.RankAllocation;
import dev.capstan.report.ImagesSeen;
import dev.capstan.space.Bases;

/**
 * A network between two stages.
 *
 * @param allocation the ranks that were chosen for it
 * @param network the network as it stands
 * @param seen images seen so far
 */
public record CompressionState(
    RankAllocation allocation, CompressedNetwork network, ImagesSeen seen) {
  /** Before the first stage: ranks are chosen, nothing is compressed yet. */
  static CompressionState of(RankAllocation allocation) {
    Graph original = allocation.graph();
    return new CompressionState(
        allocation,
        new CompressedNetwork(allocation.spaces(), Bases.NONE, original),
        ImagesSeen.NONE.plus(ImagesSeen.Use.CALIBRATION, allocation.imagesSeen()));
  }

  /** The same with another network, for which so many more images were seen. */
  CompressionState with(CompressedNetwork changed, ImagesSeen.Use use, long more) {
    return new CompressionState(allocation, changed, seen.plus(use, more));
  }
}
