package dev.capstan.pipeline;

import dev.capstan.cost.CostModel;
import dev.capstan.graph.Graph;
import dev.capstan.rank.RankGrid;
import dev.capstan.rank.Ranks;
import dev.capstan.rank.UniformRanks;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Space;
import java.util.Map;
import java.util.TreeMap;

/**
 * The first stage: the channel spaces of a network, and how many channels each is given.
 *
 * @param spaces all spaces
 * @param ranks those of the compressed ones
 */
record Ranking(ChannelSpaces spaces, Ranks ranks) {
  /**
   * Chooses ranks within a budget on the multiply-accumulates.
   *
   * @throws dev.capstan.graph.InvalidInputException if the budget cannot be met
   */
  static Ranking choose(Graph graph, RankSettings settings) {
    ChannelSpaces spaces = ChannelSpaces.of(graph, ChannelSpaces.Residual.KEEP);
    CostModel costs = new CostModel(graph, spaces);
    long macs = costs.macs(Space::width);
    double share = settings.goal().amount();
    return new Ranking(spaces, UniformRanks.allocate(spaces, costs, RankGrid.DEFAULT, share, macs));
  }

  /** Share of the multiply-accumulates that the smallest ranks leave. */
  static double smallestShare(Graph graph) {
    ChannelSpaces spaces = ChannelSpaces.of(graph, ChannelSpaces.Residual.KEEP);
    CostModel costs = new CostModel(graph, spaces);
    long smallest =
        costs.macs(
            space -> space.isCompressible() ? RankGrid.DEFAULT.smallest(space) : space.width());
    return (double) smallest / costs.macs(Space::width);
  }

  /** Rank by name of each space that can be compressed, its width where it is not. */
  Map<String, Integer> bySpace() {
    Map<String, Integer> named = new TreeMap<>();
    spaces.compressible().forEach(space -> named.put(space.name(), ranks.of(space)));
    return named;
  }
}
