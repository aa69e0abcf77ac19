package dev.capstan.latency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.compress.Compression;
import dev.capstan.cost.CostFunction;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Graph;
import dev.capstan.latency.LatencyBudget.Confirmed;
import dev.capstan.rank.RankGrid;
import dev.capstan.rank.Ranks;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.space.Space;
import dev.capstan.testing.RandomBases;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LatencyBudgetTest {
  private static final Graph GRAPH = LatencyModelTest.chain(4);
  private static final ChannelSpaces SPACES = ChannelSpaces.of(GRAPH, Residual.KEEP);
  private static final double MACS = new MacStopwatch(macs -> macs).network(GRAPH);

  /** The same rank for all, the largest that holds. */
  private record SameRank(RankGrid grid) implements LatencyBudget.Allocator {
    @Override
    public Ranks smallest() {
      return at(0);
    }

    @Override
    public Ranks allocate(CostFunction cost, double limit) {
      Ranks best = smallest();
      for (int percent = 0; percent <= 100; percent++) {
        Ranks ranks = at(percent / 100.0);
        best = cost.of(ranks::of) <= limit ? ranks : best;
      }
      assertThat(cost.of(best::of)).isLessThanOrEqualTo(limit);
      return best;
    }

    private Ranks at(double ratio) {
      Map<String, Integer> ranks = new LinkedHashMap<>();
      for (Space space : SPACES.compressible()) {
        if (grid.nearest(space, ratio) < space.width()) {
          ranks.put(space.name(), grid.nearest(space, ratio));
        }
      }
      return new Ranks(ranks);
    }
  }

  private static final SameRank ALLOCATOR = new SameRank(new RankGrid(1, 1));

  private static LatencyBudget budget(Stopwatch stopwatch) {
    double whole = stopwatch.network(GRAPH);
    LatencyModel model =
        LatencyModel.measure(
            SPACES, new RankGrid(1, 1), stopwatch, whole, new Effort(0, Duration.ZERO));
    return new LatencyBudget(SPACES, model, whole, stopwatch);
  }

  /** What the whole network takes is far from the sum of its parts, one way or the other. */
  private static final Map<String, DoubleUnaryOperator> WORLDS =
      Map.of(
          "as predicted", macs -> macs,
          "saves little", macs -> MACS * Math.pow(macs / MACS, 0.4),
          "saves much", macs -> MACS * Math.pow(macs / MACS, 1.7),
          "slow parts", macs -> 0.3 * macs,
          "in steps", macs -> MACS / 20 * Math.ceil(20 * macs / MACS));

  @ParameterizedTest
  @ValueSource(strings = {"as predicted", "saves little", "saves much", "slow parts", "in steps"})
  void theMeasurementHoldsTheBudgetAndUsesIt(String world) {
    Stopwatch stopwatch = new MacStopwatch(WORLDS.get(world));
    LatencyBudget budget = budget(stopwatch);
    for (double speedup : List.of(1.2, 1.5, 2.0, 3.0)) {
      Confirmed confirmed = budget.speedup(speedup, ALLOCATOR);

      double limit = stopwatch.network(GRAPH) / speedup;
      assertThat(confirmed.measuredMillis()).isBetween(0.85 * limit, limit);
      assertThat(confirmed.measuredMillis()).isEqualTo(millis(stopwatch, confirmed.ranks()));
    }
  }

  private static double millis(Stopwatch stopwatch, Ranks ranks) {
    return stopwatch.network(Compression.apply(SPACES, RandomBases.ofRanks(SPACES, ranks::of, 1)));
  }

  @Test
  void aBudgetAboveTheOriginalCompressesNothing() {
    LatencyBudget budget = budget(new MacStopwatch(macs -> macs));

    Confirmed confirmed = budget.atMost(2 * MACS, ALLOCATOR);

    assertThat(confirmed.ranks().bySpace()).isEmpty();
    assertThat(confirmed.measuredMillis()).isEqualTo(MACS);
  }

  @Test
  void saysWhatCannotBeReachedAndWhatCan() {
    MacStopwatch stopwatch = new MacStopwatch(macs -> 6 + 4 * macs / MACS);
    LatencyBudget budget = budget(stopwatch);

    assertThatThrownBy(() -> budget.speedup(4, ALLOCATOR))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageMatching(
            "a latency of 2\\.500 ms cannot be reached: the original takes 10\\.000 ms and the"
                + " smallest ranks 6\\.\\d+ ms; ask for 6\\.\\d+ ms or a speed-up of 1\\.6\\d at"
                + " most, .*");
  }

  /** What the message offers must then be taken. */
  @Test
  void whatIsOfferedCanBeReached() {
    MacStopwatch stopwatch = new MacStopwatch(macs -> 6 + 4 * macs / MACS);
    LatencyBudget budget = budget(stopwatch);
    double smallest = millis(stopwatch, ALLOCATOR.smallest());

    Confirmed confirmed = budget.atMost(Math.ceil(smallest * 1e3) / 1e3, ALLOCATOR);

    assertThat(confirmed.ranks()).isEqualTo(ALLOCATOR.smallest());
  }
}
