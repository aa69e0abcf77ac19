package dev.capstan.rank.allocate;

import dev.capstan.error.InvalidInputException;
import dev.capstan.rank.RankOptions;
import dev.capstan.rank.Ranks;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Space;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Minimises the outputs' relative error, summed over the spaces as if each were compressed alone,
 * under a budget (docs/method.md, section 5.4).
 *
 * <p>MACs are bilinear along a chain, so what a space costs hangs on its neighbours and this is no
 * knapsack. Greedy moves from the full widths, from the smallest ranks and from uniform ones each
 * lead to an allocation, exchanges improve it, and the best one is taken.
 */
public final class Allocation {
  private Allocation() {}

  /**
   * The ranks for a budget.
   *
   * @param sensitivities of every space that the options leave open
   * @return ranks that never exceed it; equal arguments give equal ranks
   * @throws InvalidInputException if even the smallest ranks exceed it, or the options do not fit
   *     the network
   */
  public static Ranks solve(
      ChannelSpaces spaces, RankOptions options, Sensitivities sensitivities, Budget budget) {
    check(spaces, options, budget);
    List<Space> open = options.open(spaces);
    Choices choices = new Choices(open, options.grid(), sensitivities, budget);
    Ranks uniform = UniformRanks.allocate(open, options.grid(), budget);
    return Stream.of(
            Greedy.down(choices, choices.full(), Greedy.NONE),
            choices.smallest(),
            choices.levels(uniform))
        .map(start -> PairwiseExchange.improve(choices, start))
        .min(Comparator.comparingDouble(choices::rise))
        .map(choices::ranks)
        .orElseThrow();
  }

  /**
   * Whether there is a solution, before anything is measured for it.
   *
   * @throws InvalidInputException if there is none
   */
  public static void check(ChannelSpaces spaces, RankOptions options, Budget budget) {
    Ranks smallest = new Ranks(Map.of());
    for (Space space : options.open(spaces)) {
      smallest = smallest.with(space, options.grid().smallest(space));
    }
    if (!budget.holds(smallest)) {
      throw budget.unreachable(smallest);
    }
  }
}
