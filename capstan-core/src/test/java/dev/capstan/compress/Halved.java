package dev.capstan.compress;

import dev.capstan.cost.Cost;
import dev.capstan.cost.CostModel;
import dev.capstan.graph.Graph;
import dev.capstan.rank.RankGrid;
import dev.capstan.rank.Ranks;
import dev.capstan.rank.allocate.UniformRanks;
import dev.capstan.space.Bases;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.testing.Fixtures;
import dev.capstan.testing.RandomBases;

/**
 * A fixture with half of its multiply-accumulates, by uniform ranks and random bases.
 *
 * @param graph what was compressed
 * @param spaces its channel spaces
 * @param bases by space
 * @param half the smaller network
 */
record Halved(Graph graph, ChannelSpaces spaces, Bases bases, Graph half) {
  static Halved of(String name) {
    Graph graph = Fixtures.prepared(name);
    ChannelSpaces spaces = ChannelSpaces.of(graph, Residual.PROJECT);
    CostModel costs = new CostModel(spaces);
    long macs = Cost.of(Fixtures.sized(name)).macs();
    Ranks ranks = UniformRanks.allocate(spaces, costs, RankGrid.DEFAULT, 0.5, macs);
    Bases bases = RandomBases.ofRanks(spaces, ranks::of, 1);
    return new Halved(graph, spaces, bases, Compression.apply(spaces, bases));
  }
}
