package dev.capstan.rank;


import dev.capstan.cost.CostModel;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.space.Space;
import dev.capstan.testing.Layers;
import dev.capstan.testing.Layers.Feature;
import dev.capstan.testing.RandomGraphs;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Chosen ranks against brute force. */
class AllocationTest {
  private static final RankOptions FINE = new RankOptions(new RankGrid(2, 1), List.of(), List.of());
  private static final long TRIED = 100_000;

  static LongStream seeds() {
    return RandomGraphs.seeds();
  }

  /** A network, random sensitivities, a budget on MACs or parameters. */
  private record Case(ChannelSpaces spaces, Sensitivities sensitivities, Budget budget) {
    static Case of(long seed) {
      Graph graph = RandomGraphs.of(seed);
      ChannelSpaces spaces =
          ChannelSpaces.of(graph, seed % 2 == 0 ? Residual.KEEP : Residual.PROJECT);
      CostModel costs = new CostModel(graph, spaces);
      SplittableRandom random = new SplittableRandom(seed);
      double share = random.nextDouble(0.2, 0.9);
      return new Case(
          spaces,
          randomSensitivities(spaces, random),
          seed % 3 == 0 ? Budget.parameters(costs, share) : Budget.macs(costs, share));
    }

    Ranks solve() {
      return Allocation.solve(spaces, FINE, sensitivities, budget);
    }

    double rise(Ranks ranks) {
      return sensitivities.rise(spaces.compressible(), ranks);
    }

    boolean isReachable() {
      return budget.cost().of(this::smallest) <= budget.limit();
    }

    private int smallest(Space space) {
      return spaces.compressible().contains(space) ? FINE.grid().smallest(space) : space.width();
    }

    long combinations() {
      return spaces.compressible().stream()
          .mapToLong(space -> FINE.grid().ranks(space).length)
          .reduce(1, (a, b) -> a * b);
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

  /** The least rise of all combinations that keep the budget. */
  private static double bruteForce(Case one) {
    List<Ranks> all = new ArrayList<>(List.of(new Ranks(Map.of())));
    for (Space space : one.spaces().compressible()) {
      List<Ranks> longer = new ArrayList<>();
      for (Ranks ranks : all) {
        for (int rank : FINE.grid().ranks(space)) {
          longer.add(ranks.with(space, rank));
        }
      }
      all = longer;
    }
    return all.stream().filter(one.budget()::holds).mapToDouble(one::rise).min().orElseThrow();
  }

  @Test
  void gap() {
    int cases = 0, exact = 0;
    double worst = 0, sum = 0;
    for (long seed = 0; seed < 400; seed++) {
      Case one = Case.of(seed);
      if (!one.isReachable() || one.combinations() > TRIED) continue;
      double best = bruteForce(one);
      double found = one.rise(one.solve());
      cases++;
      double gap = best == 0 ? 0 : found / best - 1;
      if (gap < 1e-9) exact++;
      else System.out.println(seed + " n=" + one.spaces().compressible().size() + " gap " + gap);
      worst = Math.max(worst, gap);
      sum += gap;
    }
    System.out.println(cases + " exact " + exact + " worst " + worst + " mean " + sum / cases);
  }

  private static Graph chain(int layers, int channels) {
    Layers net = new Layers("chain", 1, Dim.of(1), 3, 4);
    Feature x = net.input();
    for (int i = 0; i < layers; i++) {
      x = net.conv(x, channels, 1, 1);
    }
    return net.outputs(x);
  }

  @Test
  void big() {
    Graph graph = chain(201, 512);
    ChannelSpaces spaces = ChannelSpaces.of(graph, Residual.KEEP);
    SplittableRandom random = new SplittableRandom(1);
    Sensitivities s = randomSensitivities(spaces, random);
    for (boolean p : new boolean[] {false, true}) {
    CostModel costs = new CostModel(graph, spaces);
    Budget b = p ? Budget.parameters(costs, 0.3): Budget.macs(costs, 0.3);
    long t = System.nanoTime();
    Ranks r = Allocation.solve(spaces, RankOptions.DEFAULT, s, b);
    System.out.println("big " + (System.nanoTime() - t) * 1e-9 + " s, rise " + s.rise(spaces.compressible(), r) + " uniform " + s.rise(spaces.compressible(), UniformRanks.allocate(spaces, RankOptions.DEFAULT, b)) + " calls ");
    }
  }
}
