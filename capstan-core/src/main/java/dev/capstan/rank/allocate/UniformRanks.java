package dev.capstan.rank.allocate;

import dev.capstan.cost.CostModel;
import dev.capstan.error.InvalidInputException;
import dev.capstan.rank.Goal;
import dev.capstan.rank.RankGrid;
import dev.capstan.rank.RankOptions;
import dev.capstan.rank.Ranks;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Space;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * One ratio for all spaces: the largest whose grid point does not exceed the budget; then the slack
 * is spent, at most one grid step a space, the space left with the smallest share of its channels
 * first (docs/method.md, section 5.2).
 */
public final class UniformRanks {
  private final List<Space> spaces;
  private final RankGrid grid;
  private final Budget budget;

  private UniformRanks(List<Space> spaces, RankGrid grid, Budget budget) {
    this.spaces = spaces;
    this.grid = grid;
    this.budget = budget;
  }

  /**
   * The ranks for a budget.
   *
   * @return ranks that never exceed it
   * @throws InvalidInputException if even the smallest ranks exceed it, or the options do not fit
   *     the network
   */
  public static Ranks allocate(ChannelSpaces spaces, RankOptions options, Budget budget) {
    return allocate(options.open(spaces), options.grid(), budget);
  }

  /** The same of these spaces alone. */
  static Ranks allocate(List<Space> open, RankGrid grid, Budget budget) {
    UniformRanks uniform = new UniformRanks(open, grid, budget);
    return uniform.spendSlack(uniform.largestRatio());
  }

  /**
   * The ranks of all spaces for a share of the MACs.
   *
   * @param keepMacs share of the original's multiply-accumulates that may be kept, in (0, 1]
   * @param originalMacs what it is a share of
   * @throws InvalidInputException if even the smallest ranks exceed it
   */
  public static Ranks allocate(
      ChannelSpaces spaces, CostModel costs, RankGrid grid, double keepMacs, long originalMacs) {
    return allocate(
        spaces.compressible(),
        grid,
        new Budget(Goal.keepMacs(keepMacs), "MACs", costs::macs, originalMacs));
  }

  private Ranks largestRatio() {
    for (double ratio : ratios()) {
      Ranks ranks = at(ratio);
      if (budget.holds(ranks)) {
        return ranks;
      }
    }
    throw budget.unreachable(at(0));
  }

  /** One ratio inside each interval in which the grid points stay the same, descending. */
  private Set<Double> ratios() {
    TreeSet<Double> borders = new TreeSet<>(Set.of(0.0, 1.0));
    for (Space space : spaces) {
      for (int rank = grid.smallest(space); rank < space.width(); rank = grid.above(space, rank)) {
        int next = grid.above(space, rank);
        borders.add(border(space, rank, next));
      }
    }
    TreeSet<Double> inside = new TreeSet<>(Set.of(1.0));
    Double last = null;
    for (double border : borders) {
      if (last != null) {
        inside.add((last + border) / 2);
      }
      last = border;
    }
    return inside.descendingSet();
  }

  /** The ratio from which on {@code next} is nearer than {@code rank}. */
  private static double border(Space space, int rank, int next) {
    return (rank + next) / 2.0 / space.width();
  }

  private Ranks at(double ratio) {
    Map<String, Integer> ranks = new LinkedHashMap<>();
    for (Space space : spaces) {
      int rank = grid.nearest(space, ratio);
      if (rank < space.width()) {
        ranks.put(space.name(), rank);
      }
    }
    return new Ranks(ranks);
  }

  private Ranks spendSlack(Ranks start) {
    Ranks ranks = start;
    List<Space> open = new ArrayList<>(spaces);
    while (true) {
      Ranks current = ranks;
      Optional<Space> next =
          open.stream()
              .filter(space -> budget.holds(raised(current, space)))
              .min(
                  Comparator.<Space>comparingDouble(
                          space -> (double) current.of(space) / space.width())
                      .thenComparingDouble(space -> budget.cost().of(raised(current, space)::of)));
      if (next.isEmpty()) {
        return ranks;
      }
      ranks = raised(ranks, next.get());
      open.remove(next.get());
    }
  }

  private Ranks raised(Ranks ranks, Space space) {
    return ranks.with(space, grid.above(space, ranks.of(space)));
  }
}
