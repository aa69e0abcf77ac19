package dev.capstan.rank.allocate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.compress.Compression;
import dev.capstan.cost.Cost;
import dev.capstan.cost.CostModel;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Graph;
import dev.capstan.rank.RankGrid;
import dev.capstan.rank.Ranks;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.space.Space;
import dev.capstan.testing.RandomBases;
import dev.capstan.testing.RandomGraphs;
import dev.capstan.zoo.Zoo;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Uniform ranks against brute force. */
class UniformRanksTest {
  private static final RankGrid FINE = new RankGrid(3, 1);
  private static final int RATIOS = 2000;

  static LongStream seeds() {
    return RandomGraphs.seeds();
  }

  /** A network with what its ranks are chosen by. */
  private record Case(ChannelSpaces spaces, CostModel costs, long original) {
    static Case of(Graph graph, Residual residual) {
      ChannelSpaces spaces = ChannelSpaces.of(graph, residual);
      return new Case(spaces, new CostModel(spaces), Cost.of(graph).macs());
    }

    Ranks allocate(RankGrid grid, double keep) {
      return UniformRanks.allocate(spaces, costs, grid, keep, original);
    }

    long macs(Ranks ranks) {
      return costs.macs(ranks::of);
    }

    Ranks uniform(RankGrid grid, double ratio) {
      Map<String, Integer> ranks = new LinkedHashMap<>();
      spaces.compressible().forEach(s -> ranks.put(s.name(), grid.nearest(s, ratio)));
      return new Ranks(ranks);
    }

    double smallest(RankGrid grid) {
      return (double) macs(uniform(grid, 0)) / original;
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void keepsTheBudgetAndGrowsWithIt(long seed) {
    Case one = Case.of(RandomGraphs.of(seed), Residual.PROJECT);
    long last = 0;
    for (double keep = one.smallest(FINE) + 1e-9; keep <= 1; keep += 0.05) {
      Ranks ranks = one.allocate(FINE, keep);

      long macs = one.macs(ranks);
      assertThat((double) macs).isLessThanOrEqualTo(keep * one.original());
      assertThat(macs).isGreaterThanOrEqualTo(last);
      one.spaces().compressible().forEach(space -> assertOnGrid(space, ranks.of(space)));
      last = macs;
    }
    assertThat(one.allocate(FINE, 1).bySpace()).isEmpty();
  }

  private static void assertOnGrid(Space space, int rank) {
    assertThat(rank == space.width() || rank % 3 == 0 && rank > 0 && rank < space.width())
        .as("%s of %s", rank, space)
        .isTrue();
  }

  /** No grid point of a larger common ratio fits, and at most a step each is spent beyond it. */
  @ParameterizedTest
  @MethodSource("seeds")
  void takesTheLargestRatio(long seed) {
    Case one = Case.of(RandomGraphs.of(seed), Residual.KEEP);
    double keep = Math.max(0.3 + seed % 7 / 10.0, one.smallest(FINE) + 1e-9);

    Ranks ranks = one.allocate(FINE, keep);

    Ranks largest = largest(one, keep);
    for (Space space : one.spaces().compressible()) {
      int from = largest.of(space);
      assertThat(ranks.of(space)).isBetween(from, FINE.above(space, from));
    }
  }

  private static Ranks largest(Case one, double keep) {
    for (int i = RATIOS; i >= 0; i--) {
      Ranks ranks = one.uniform(FINE, (double) i / RATIOS);
      if (one.macs(ranks) <= Math.floor(keep * one.original())) {
        return ranks;
      }
    }
    throw new AssertionError("no ratio fits");
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void everyRankIsTheNearestOfItsGrid(long seed) {
    Case one = Case.of(RandomGraphs.of(seed), Residual.PROJECT);
    for (Space space : one.spaces().compressible()) {
      // Groups are of two here, so that a common multiple with 3 is their product.
      int step = 3 * space.groups().count();
      for (double ratio = 0; ratio <= 1; ratio += 0.01) {
        double wanted = ratio * space.width();
        int nearest = space.width();
        for (int rank = step; rank < space.width(); rank += step) {
          nearest = Math.abs(rank - wanted) < Math.abs(nearest - wanted) ? rank : nearest;
        }
        assertThat(Math.abs(FINE.nearest(space, ratio) - wanted))
            .as("%s of %s", ratio, space)
            .isEqualTo(Math.abs(nearest - wanted));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void refusesWhatCannotBeMet(long seed) {
    Case one = Case.of(RandomGraphs.of(seed), Residual.KEEP);
    double tooLittle = one.smallest(FINE) - 1.0 / one.original();

    assertThatThrownBy(() -> one.allocate(FINE, tooLittle))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("cannot be met")
        .hasMessageNotContaining("\n")
        .satisfies(refused -> adviceIsTheLeast(one, refused.getMessage()));
  }

  /**
   * What is advised can be met, a little less cannot; and nothing is advised that saves nothing.
   */
  private static void adviceIsTheLeast(Case one, String refused) {
    Matcher advice = Pattern.compile("ask for setting 'keep-macs' ([0-9.]+) or").matcher(refused);
    if (advice.find()) {
      double least = Double.parseDouble(advice.group(1));
      assertThat(least).isLessThan(0.99);
      assertThat(one.allocate(FINE, least)).isNotNull();
      assertThatThrownBy(() -> one.allocate(FINE, least - 2e-4))
          .hasMessageContaining("cannot be met");
    } else {
      double least = one.smallest(FINE);
      assertThat(least).isGreaterThan(0.9899);
      assertThat(refused)
          .contains(
              "that saves %s: allow".formatted(least > 0.9999 ? "nothing" : "hardly anything"));
    }
  }

  @ParameterizedTest
  @CsvSource({"resnet20, 0.5", "resnet20, 0.25", "vgg16-bn-cifar, 0.25", "resnet56, 0.5"})
  void knownNetworksMeetTheirBudgetClosely(String network, double keep) {
    Graph graph = Zoo.random(network, 1);
    Case one = Case.of(graph, Residual.KEEP);

    Ranks ranks = one.allocate(RankGrid.DEFAULT, keep);

    Graph compressed =
        Compression.apply(one.spaces(), RandomBases.ofRanks(one.spaces(), ranks::of, 1));
    long macs = Cost.of(compressed).macs();
    assertThat((double) macs / one.original()).isBetween(keep - 0.02, keep);
    assertThat(List.copyOf(ranks.bySpace().values())).allMatch(rank -> rank % 4 == 0);
  }
}
