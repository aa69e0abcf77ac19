package dev.capstan.rank.allocate;

import dev.capstan.rank.RankGrid;
import dev.capstan.rank.Ranks;
import dev.capstan.space.Space;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What an allocation chooses among: for each space a row of ranks, ascending, each with its rise.
 * An allocation is an array of levels: places in those rows, one a space.
 */
final class Choices {
  private final List<Space> spaces;
  private final int[][] ranks;
  private final double[][] rises;
  private final Map<String, Integer> places = new HashMap<>();
  private final Budget budget;

  Choices(List<Space> spaces, RankGrid grid, Sensitivities sensitivities, Budget budget) {
    this.spaces = spaces;
    this.budget = budget;
    this.ranks = spaces.stream().map(grid::ranks).toArray(int[][]::new);
    this.rises = new double[spaces.size()][];
    for (int i = 0; i < rises.length; i++) {
      Space space = spaces.get(i);
      places.put(space.name(), i);
      rises[i] =
          Arrays.stream(ranks[i]).mapToDouble(rank -> sensitivities.rise(space, rank)).toArray();
    }
  }

  int count() {
    return ranks.length;
  }

  /** The level of the full width. */
  int top(int space) {
    return ranks[space].length - 1;
  }

  /** Every space at its full width. */
  int[] full() {
    return IntStream.range(0, count()).map(this::top).toArray();
  }

  /** Every space at its smallest rank. */
  int[] smallest() {
    return new int[count()];
  }

  /** The levels of ranks that are on the grid. */
  int[] levels(Ranks of) {
    return IntStream.range(0, count())
        .map(i -> Arrays.binarySearch(ranks[i], of.of(spaces.get(i))))
        .toArray();
  }

  double cost(int[] levels) {
    return budget
        .cost()
        .of(
            space -> {
              Integer place = places.get(space.name());
              return place == null ? space.width() : ranks[place][levels[place]];
            });
  }

  /** The cost with one space moved to another level. */
  double cost(int[] levels, int space, int level) {
    int before = levels[space];
    levels[space] = level;
    double cost = cost(levels);
    levels[space] = before;
    return cost;
  }

  boolean fits(double cost) {
    return cost <= budget.limit();
  }

  double rise(int space, int level) {
    return rises[space][level];
  }

  double rise(int[] levels) {
    return IntStream.range(0, count()).mapToDouble(i -> rises[i][levels[i]]).sum();
  }

  /** Rise a channel on the way from one level to another one. */
  double slope(int space, int from, int to) {
    return (rises[space][to] - rises[space][from]) / (ranks[space][to] - ranks[space][from]);
  }

  Ranks ranks(int[] levels) {
    Map<String, Integer> bySpace = new LinkedHashMap<>();
    for (int i = 0; i < levels.length; i++) {
      if (levels[i] < top(i)) {
        bySpace.put(spaces.get(i).name(), ranks[i][levels[i]]);
      }
    }
    return new Ranks(bySpace);
  }
}
