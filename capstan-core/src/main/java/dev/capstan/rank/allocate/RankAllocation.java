package dev.capstan.rank.allocate;

import dev.capstan.cost.Cost;
import dev.capstan.graph.Graph;
import dev.capstan.rank.Goal;
import dev.capstan.rank.Plan;
import dev.capstan.rank.Ranks;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Space;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * How many channels each space of a network is given.
 *
 * @param network the network and its spaces
 * @param ranks those of the compressed ones
 * @param imagesSeen to choose them
 */
public record RankAllocation(CompressibleNetwork network, Ranks ranks, long imagesSeen) {
  /** The network whose kernels are made smaller. */
  public Graph graph() {
    return network.graph();
  }

  /** Its spaces. */
  public ChannelSpaces spaces() {
    return network.spaces();
  }

  /** Rank by name of each space that can be compressed, its width where it is not. */
  public Map<String, Integer> bySpace() {
    Map<String, Integer> named = new TreeMap<>();
    spaces().compressible().forEach(space -> named.put(space.name(), ranks.of(space)));
    return named;
  }

  /**
   * The allocation as a plan; what was not measured keeps its channels at no rise.
   *
   * @param named the spaces that the plan tells of, those of the network among them
   * @param sensitivities that the ranks were chosen by
   * @param source SHA-256 of the model's file, in hexadecimal
   * @param budget what was asked
   */
  public Plan plan(ChannelSpaces named, Sensitivities sensitivities, String source, Goal budget) {
    Map<String, Plan.Choice> choices = new LinkedHashMap<>();
    for (Space space : named.compressible()) {
      int rank = ranks.of(space);
      double rise = rank < space.width() ? sensitivities.rise(space, rank) : 0;
      choices.put(
          space.name(), new Plan.Choice(space.width(), rank, rise, sensitivities.points(space)));
    }
    double rise = choices.values().stream().mapToDouble(Plan.Choice::rise).sum();
    Cost cost = network.costs().at(ranks::of);
    return new Plan(source, budget.toString(), cost.macs(), cost.parameters(), rise, choices);
  }
}
