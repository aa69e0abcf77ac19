package dev.capstan.rank.allocate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.cost.CostModel;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.rank.Goal;
import dev.capstan.rank.RankGrid;
import dev.capstan.rank.RankOptions;
import dev.capstan.rank.Ranks;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.space.Space;
import dev.capstan.testing.Layers;
import dev.capstan.testing.Layers.Feature;
import dev.capstan.testing.RandomGraphs;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Chosen ranks against brute force. */
class AllocationTest {
  private static final RankOptions FINE = new RankOptions(new RankGrid(2, 1), List.of(), List.of());

  /** Combinations that brute force goes through, at most. */
  private static final long MOST = 20_000;

  static LongStream seeds() {
    return RandomGraphs.seeds();
  }

  /** A network, random sensitivities, a budget on MACs or parameters. */
  private record Case(ChannelSpaces spaces, Sensitivities sensitivities, Budget budget) {
    static Case of(long seed) {
      Graph graph = RandomGraphs.of(seed);
      ChannelSpaces spaces =
          ChannelSpaces.of(graph, seed % 2 == 0 ? Residual.KEEP : Residual.PROJECT);
      CostModel costs = new CostModel(spaces);
      SplittableRandom random = new SplittableRandom(seed);
      double smallest = (double) costs.macs(smallest(spaces)::of) / costs.macs(Space::width);
      double share = random.nextDouble(smallest, 1);
      boolean macs =
          seed % 3 > 0
              || costs.parameters(smallest(spaces)::of) > share * costs.parameters(Space::width);
      return new Case(
          spaces,
          randomSensitivities(spaces, random),
          macs ? Budget.macs(costs, share) : Budget.parameters(costs, share));
    }

    private static Ranks smallest(ChannelSpaces spaces) {
      Map<String, Integer> ranks = new LinkedHashMap<>();
      spaces.compressible().forEach(s -> ranks.put(s.name(), FINE.grid().smallest(s)));
      return new Ranks(ranks);
    }

    Ranks solve() {
      return Allocation.solve(spaces, FINE, sensitivities, budget);
    }

    double rise(Ranks ranks) {
      return spaces.compressible().stream()
          .mapToDouble(space -> sensitivities.rise(space, ranks.of(space)))
          .sum();
    }

    long combinations() {
      return spaces.compressible().stream()
          .mapToLong(space -> FINE.grid().ranks(space).length)
          .reduce(1, (a, b) -> a * b);
    }

    /** The least rise of all combinations that keep the budget. */
    double bruteForce() {
      return bruteForce(0, new HashMap<>(), 0, Double.POSITIVE_INFINITY);
    }

    /** Rises are not negative: what has risen to the least so far is not followed further. */
    private double bruteForce(int from, Map<String, Integer> ranks, double rise, double least) {
      if (rise >= least) {
        return least;
      }
      if (from == spaces.compressible().size()) {
        double cost = budget.cost().of(s -> ranks.getOrDefault(s.name(), s.width()));
        return cost <= budget.limit() ? rise : least;
      }
      Space space = spaces.compressible().get(from);
      double found = least;
      for (int rank : FINE.grid().ranks(space)) {
        ranks.put(space.name(), rank);
        found = bruteForce(from + 1, ranks, rise + sensitivities.rise(space, rank), found);
      }
      return found;
    }
  }

  private static Sensitivities randomSensitivities(ChannelSpaces spaces, SplittableRandom random) {
    Map<String, Sensitivities.Curve> curves = new LinkedHashMap<>();
    for (Space space : spaces.compressible()) {
      TreeMap<Integer, Double> points = new TreeMap<>();
      double scale = Math.exp(random.nextDouble(-3, 3));
      for (int rank : FINE.grid().ranks(space)) {
        // Falling on the whole, noisy in detail, as measured ones are.
        double lost = 1 - (double) rank / space.width();
        points.put(rank, scale * lost * lost * random.nextDouble(0.5, 1.5));
      }
      curves.put(space.name(), Sensitivities.Curve.of(space.width(), points));
    }
    return new Sensitivities(curves);
  }

  /** The heuristic finds the optimum nearly always, and never misses it by much. */
  @Test
  void isAsGoodAsBruteForce() {
    int tried = 0;
    int exact = 0;
    for (long seed : seeds().toArray()) {
      Case one = Case.of(seed);
      if (one.combinations() <= MOST) {
        double best = one.bruteForce();
        double found = one.rise(one.solve());
        assertThat(found).as("seed %d", seed).isBetween(best - 1e-9, 1.25 * best + 1e-9);
        tried++;
        exact += found <= best + 1e-9 ? 1 : 0;
      }
    }
    assertThat(tried).isGreaterThan(30);
    assertThat(exact).isGreaterThanOrEqualTo((int) (0.97 * tried));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void keepsTheBudgetOnTheGridAndBeatsUniformRanks(long seed) {
    Case one = Case.of(seed);

    Ranks ranks = one.solve();

    assertThat(one.budget().holds(ranks)).isTrue();
    assertThat(one.rise(ranks))
        .isLessThanOrEqualTo(one.rise(UniformRanks.allocate(one.spaces(), FINE, one.budget())));
    assertThat(one.solve()).isEqualTo(ranks);
    for (Space space : one.spaces().compressible()) {
      assertThat(FINE.grid().ranks(space)).contains(ranks.of(space));
    }
  }

  @Test
  void refusesWhatCannotBeMet() {
    Case one = Case.of(0);
    Budget tooLittle =
        new Budget(Goal.keepMacs(1e-6), "MACs", one.budget().cost(), one.budget().whole());

    assertThatThrownBy(() -> Allocation.solve(one.spaces(), FINE, one.sensitivities(), tooLittle))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("cannot be met", "setting 'keep-macs'")
        .hasMessageNotContaining("\n");
  }

  @Test
  void excludedSpacesKeepTheirChannels() {
    Graph graph = chain(4, 16);
    ChannelSpaces spaces = ChannelSpaces.of(graph, Residual.KEEP);
    Sensitivities sensitivities = randomSensitivities(spaces, new SplittableRandom(1));
    RankOptions options = new RankOptions(RankGrid.DEFAULT, List.of(), List.of("conv1"));
    Budget budget = Budget.macs(new CostModel(spaces), 0.7);

    Ranks ranks = Allocation.solve(spaces, options, sensitivities, budget);

    assertThat(ranks.bySpace()).isNotEmpty().doesNotContainKey("conv1");
  }

  /** More spaces than are moved in chains. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void usesTheBudgetUpOnLargeNetworks(boolean macs) {
    Graph graph = chain(111, 128);
    ChannelSpaces spaces = ChannelSpaces.of(graph, Residual.KEEP);
    Sensitivities sensitivities = randomSensitivities(spaces, new SplittableRandom(1));
    CostModel costs = new CostModel(spaces);
    Budget budget = macs ? Budget.macs(costs, 0.3) : Budget.parameters(costs, 0.3);

    Ranks ranks = Allocation.solve(spaces, RankOptions.DEFAULT, sensitivities, budget);

    assertThat(budget.cost().of(ranks::of) / budget.limit()).isBetween(0.99, 1.0);
  }

  private static Graph chain(int layers, int channels) {
    Layers net = new Layers("chain", 1, Dim.of(1), 3, 4);
    Feature x = net.input();
    for (int i = 0; i < layers; i++) {
      x = net.conv(x, channels, 1, 1);
    }
    return net.outputs(x);
  }
}
