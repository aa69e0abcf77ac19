package dev.capstan.rank.allocate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.capstan.cost.Cost;
import dev.capstan.cost.CostModel;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.rank.RankGrid;
import dev.capstan.rank.RankOptions;
import dev.capstan.rank.Ranks;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.space.Space;
import dev.capstan.testing.Layers;
import dev.capstan.testing.Layers.Feature;
import dev.capstan.testing.RandomGraphs;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What lies behind a space, and what counts of its error. */
class DepthDiscountTest {
  static LongStream seeds() {
    return RandomGraphs.seeds();
  }

  /** Three equal layers of which the first reads as many channels: a third, two thirds, none. */
  @Test
  void sharesOfAChain() {
    Layers net = new Layers("chain", 1, Dim.of(1), 8, 4);
    Feature one = net.conv(net.input(), 8, 1, 1);
    Feature two = net.conv(one, 8, 1, 1);
    Feature three = net.conv(two, 8, 1, 1);
    Graph graph = net.outputs(three);

    Map<String, Double> behind = DepthDiscount.behind(ChannelSpaces.of(graph, Residual.KEEP));

    assertThat(behind.get(one.name())).isEqualTo(2.0 / 3, within(1e-12));
    assertThat(behind.get(two.name())).isEqualTo(1.0 / 3, within(1e-12));
    assertThat(behind.get(three.name())).isZero();
  }

  /** What stands beside a space, in another branch, does not lie behind it. */
  @Test
  void branchesAreNotBehindOneAnother() {
    Layers net = new Layers("branches", 1, Dim.of(1), 8, 4);
    Feature one = net.conv(net.input(), 8, 1, 1);
    Feature other = net.conv(net.input(), 8, 1, 1);
    Graph graph = net.outputs(net.conv(net.concat(one, other), 16, 1, 1));

    Map<String, Double> behind = DepthDiscount.behind(ChannelSpaces.of(graph, Residual.KEEP));

    // 8 x 8, 8 x 8 and 16 x 16 a pixel.
    assertThat(behind.get(one.name())).isEqualTo(2.0 / 3, within(1e-12));
    assertThat(behind.get(other.name())).isEqualTo(2.0 / 3, within(1e-12));
  }

  /** Whatever the network: a share, of which its readers are a part; errors only count less. */
  @ParameterizedTest
  @MethodSource("seeds")
  void isAShareWithAllReadersInIt(long seed) {
    Graph graph = RandomGraphs.of(seed);
    ChannelSpaces spaces = ChannelSpaces.of(graph, Residual.PROJECT);
    Map<String, Long> macs = Cost.macs(graph);
    double total = macs.values().stream().mapToLong(Long::longValue).sum();

    Map<String, Double> behind = DepthDiscount.behind(spaces);

    for (Space space : spaces.compressible()) {
      double readers =
          space.consumers().stream().mapToLong(node -> macs.getOrDefault(node, 0L)).sum() / total;
      assertThat(behind.get(space.name())).isBetween(readers - 1e-9, 1 + 1e-9);
    }
  }

  /** Where all layers err alike, channels move from the first half to the second one. */
  @Test
  void earlyErrorsCountLess() {
    Layers net = new Layers("chain", 1, Dim.of(1), 8, 4);
    Feature x = net.input();
    for (int i = 0; i < 9; i++) {
      x = net.conv(x, 32, 1, 1);
    }
    ChannelSpaces spaces = ChannelSpaces.of(net.outputs(x), Residual.KEEP);
    Map<String, Sensitivities.Curve> alike = new LinkedHashMap<>();
    for (Space space : spaces.compressible()) {
      alike.put(space.name(), Sensitivities.Curve.of(32, Map.of(8, 0.75, 16, 0.3, 24, 0.1)));
    }
    Sensitivities curves = new Sensitivities(alike);
    Budget budget = Budget.macs(new CostModel(spaces), 0.4);
    RankOptions fine = new RankOptions(new RankGrid(1, 1), List.of(), List.of());

    Ranks plain = Allocation.solve(spaces, fine, curves, budget);
    Ranks ranks = Allocation.solve(spaces, fine, DepthDiscount.of(curves, spaces), budget);

    List<Space> open = spaces.compressible();
    assertThat(open.subList(0, 4).stream().mapToInt(ranks::of).sum())
        .isLessThan(open.subList(0, 4).stream().mapToInt(plain::of).sum());
    assertThat(open.subList(4, 8).stream().mapToInt(ranks::of).sum())
        .isGreaterThan(open.subList(4, 8).stream().mapToInt(plain::of).sum());
    assertThat(DepthDiscount.of(curves, spaces).rise(spaces.space("conv1"), 16))
        .isEqualTo(0.3 * Math.exp(-0.3 * DepthDiscount.behind(spaces).get("conv1")), within(1e-12));
  }
}
