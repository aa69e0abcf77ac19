package dev.capstan.pipeline;

import dev.capstan.cost.Cost;
import dev.capstan.cost.CostModel;
import dev.capstan.graph.Graph;
import dev.capstan.rank.RankGrid;
import dev.capstan.rank.Ranks;
import dev.capstan.rank.UniformRanks;
import dev.capstan.space.ChannelSpaces;
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
   * Chooses ranks within a budget.
   *
   * @throws dev.capstan.graph.InvalidInputException if the budget cannot be met
   */
  static Ranking choose(Graph graph, RankOptions options) {
    ChannelSpaces spaces = ChannelSpaces.of(graph, ChannelSpaces.Residual.KEEP);
    Ranks ranks =
        UniformRanks.allocate(
            spaces,
            new CostModel(graph, spaces),
            RankGrid.DEFAULT,
            options.keepMacs(),
            Cost.of(graph).macs());
    return new Ranking(spaces, ranks);
  }

  /** Rank by name of each space that can be compressed, its width where it is not. */
  Map<String, Integer> bySpace() {
    Map<String, Integer> named = new TreeMap<>();
    spaces.compressible().forEach(space -> named.put(space.name(), ranks.of(space)));
    return named;
  }
}
