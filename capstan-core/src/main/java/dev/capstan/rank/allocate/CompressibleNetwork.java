package dev.capstan.rank.allocate;

import dev.capstan.cost.CostModel;
import dev.capstan.graph.Graph;
import dev.capstan.rewrite.Residuals;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;

/**
 * The network that ranks are chosen for, under one treatment of its residual streams.
 *
 * @param residual the treatment
 * @param spaces the channel spaces of the graph whose kernels are made smaller; where streams are
 *     projected, shortcuts that pad channels are convolutions in it
 * @param costs by their ranks
 * @param unfolded the same network as it was before BatchNorm was folded, not yet treated
 */
public record CompressibleNetwork(
    Residual residual, ChannelSpaces spaces, CostModel costs, Graph unfolded) {
  /**
   * A network to compress.
   *
   * @param folded the network, BatchNorm folded, its batch open
   * @param unfolded the same network with BatchNorm; nodes of one name correspond
   */
  public static CompressibleNetwork of(Graph folded, Graph unfolded, Residual residual) {
    ChannelSpaces spaces = spacesOf(folded, residual);
    return new CompressibleNetwork(residual, spaces, new CostModel(spaces), unfolded);
  }

  /** Its channel spaces alone, which do not hang on the size of images. */
  public static ChannelSpaces spacesOf(Graph folded, Residual residual) {
    return ChannelSpaces.of(treated(folded, residual), residual);
  }

  private static Graph treated(Graph graph, Residual residual) {
    return residual == Residual.PROJECT ? Residuals.project(graph) : graph;
  }

  /** The graph whose kernels are made smaller. */
  public Graph graph() {
    return spaces.graph();
  }

  /** That graph before BatchNorm was folded: nodes of one name correspond. */
  public Graph trained() {
    return treated(unfolded, residual);
  }
}
