package dev.capstan.rank;

import dev.capstan.cost.CostModel;
import dev.capstan.graph.InvalidInputException;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Space;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * One ratio for all spaces: the largest whose grid point does not exceed the budget; then the slack
 * is spent, at most one grid step a space, the space left with the smallest share of its channels
 * first (METHOD section 5, point 2).
 */
public final class UniformRanks {
  private final List<Space> spaces;
  private final CostModel costs;
  private final RankGrid grid;
  private final long budget;

  private UniformRanks(ChannelSpaces spaces, CostModel costs, RankGrid grid, long budget) {
    this.spaces = spaces.compressible();
    this.costs = costs;
    this.grid = grid;
    this.budget = budget;
  }

  /**
   * The ranks for a budget.
   *
   * @param keepMacs share of the original's multiply-accumulates that may be kept, in (0, 1]
   * @param originalMacs what it is a share of
   * @return ranks whose MACs never exceed the budget
   * @throws InvalidInputException if even the smallest ranks exceed it
   */
  public static Ranks allocate(
      ChannelSpaces spaces, CostModel costs, RankGrid grid, double keepMacs, long originalMacs) {
    long budget = (long) Math.floor(keepMacs * originalMacs);
    UniformRanks uniform = new UniformRanks(spaces, costs, grid, budget);
    return uniform.spendSlack(uniform.largestRatio(originalMacs));
  }

  private Ranks largestRatio(long originalMacs) {
    for (double ratio : ratios()) {
      Ranks ranks = at(ratio);
      if (macs(ranks) <= budget) {
        return ranks;
      }
    }
    double smallest = (double) macs(at(0)) / originalMacs;
    throw new InvalidInputException(
        ("the budget of %d MACs cannot be met: with every compressible space at its smallest rank"
                + " %d are left (%.4f of the original); ask for --keep-macs %.4f or more")
            .formatted(budget, macs(at(0)), smallest, Math.ceil(smallest * 1e4) / 1e4));
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
    List<Space> open = spaces.stream().collect(Collectors.toList());
    while (true) {
      Ranks current = ranks;
      Optional<Space> next =
          open.stream()
              .filter(space -> macs(raised(current, space)) <= budget)
              .min(
                  Comparator.<Space>comparingDouble(
                          space -> (double) current.of(space) / space.width())
                      .thenComparingLong(space -> macs(raised(current, space))));
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

  private long macs(Ranks ranks) {
    return costs.macs(ranks::of);
  }
}
