package dev.capstan.pipeline.stage;

import dev.capstan.cost.CostModel;
import dev.capstan.graph.Graph;
import dev.capstan.rank.Ranks;
import dev.capstan.rewrite.Residuals;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.space.Space;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The network that is compressed, under one treatment of its residual streams.
 *
 * @param residual the treatment
 * @param graph whose kernels are made smaller; where streams are projected, shortcuts that pad
 *     channels are convolutions in it
 * @param spaces its channel spaces
 * @param costs by their ranks
 */
public record CompressibleNetwork(
    Residual residual, Graph graph, ChannelSpaces spaces, CostModel costs) {
  /** The frame of a network, BatchNorm folded. */
  public static CompressibleNetwork of(Graph folded, Residual residual) {
    Graph graph = treated(folded, residual);
    ChannelSpaces spaces = ChannelSpaces.of(graph, residual);
    return new CompressibleNetwork(residual, graph, spaces, new CostModel(graph, spaces));
  }

  private static Graph treated(Graph graph, Residual residual) {
    return residual == Residual.PROJECT ? Residuals.project(graph) : graph;
  }

  /** Another form of the network with the same nodes as here, BatchNorm apart. */
  Graph treated(Graph other) {
    return treated(other, residual);
  }

  /** Whether every compressed space can be compressed here. */
  boolean has(Ranks ranks) {
    Set<String> names = spaces.compressible().stream().map(Space::name).collect(Collectors.toSet());
    return names.containsAll(ranks.bySpace().keySet());
  }
}
