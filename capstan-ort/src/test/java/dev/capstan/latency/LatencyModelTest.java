package dev.capstan.latency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.capstan.compress.Compression;
import dev.capstan.cost.Cost;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.op.Relu;
import dev.capstan.rank.RankGrid;
import dev.capstan.space.Bases;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.space.Space;
import dev.capstan.testing.Layers;
import dev.capstan.testing.Layers.Feature;
import dev.capstan.testing.RandomBases;
import dev.capstan.testing.RandomGraphs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class LatencyModelTest {
  private static final RankGrid EVERY_RANK = new RankGrid(1, 1);
  private static final Effort COARSE = new Effort(0, Duration.ZERO);

  static LongStream seeds() {
    return RandomGraphs.seeds();
  }

  /** MACs are bilinear, so the corners of the grid tell all: any other rank is foretold exactly. */
  @ParameterizedTest
  @MethodSource("seeds")
  void foretellsWhatIsBilinearFromTheCornersAlone(long seed) {
    Graph graph = FixedBatch.of(RandomGraphs.of(seed), 2);
    for (Residual residual : Residual.values()) {
      ChannelSpaces spaces = ChannelSpaces.of(graph, residual);
      Stopwatch stopwatch = new MacStopwatch(macs -> macs + 7);
      LatencyModel model = measure(spaces, stopwatch, COARSE);

      Bases bases = RandomBases.orthonormal(spaces, seed);

      double actual = stopwatch.network(Compression.apply(spaces, bases));
      assertThat(model.of(bases::rank)).isCloseTo(actual, within(1e-6 * actual));
    }
  }

  private static LatencyModel measure(ChannelSpaces spaces, Stopwatch stopwatch, Effort effort) {
    Graph graph = spaces.graph();
    double whole = stopwatch.network(graph);
    return LatencyModel.measure(spaces, EVERY_RANK, stopwatch, whole, effort);
  }

  /** Blocks of 16 channels: the model knows them where it measured, and only there. */
  @Test
  void knowsStepsWhereItMeasures() {
    Graph graph = chain(3);
    ChannelSpaces spaces = ChannelSpaces.of(graph, Residual.KEEP);
    Stopwatch blocks = new Blocks();
    RankGrid grid = new RankGrid(16, 1);
    LatencyModel model =
        LatencyModel.measure(spaces, grid, blocks, blocks.network(graph), Effort.DEFAULT);

    for (int rank = 16; rank <= 64; rank += 16) {
      int at = rank;
      Bases bases = RandomBases.ofRanks(spaces, space -> at, 1);
      assertThat(model.of(space -> at))
          .isCloseTo(blocks.network(Compression.apply(spaces, bases)), within(1e-6));
    }
    assertThat(model.of(space -> 40)).isBetween(model.of(space -> 32), model.of(space -> 48));
  }

  /** Counts channels written in whole blocks of 16. */
  private static final class Blocks implements Stopwatch {
    @Override
    public double network(Graph graph) {
      return graph.nodes().stream()
          .filter(node -> node.operator().type().equals("Conv"))
          .mapToDouble(node -> cost(graph.constants().get(node.inputs().get(1)).sizes()))
          .sum();
    }

    private static double cost(long[] weights) {
      return (weights[0] + 15) / 16 * weights[1];
    }

    @Override
    public double operators(Graph graph) {
      return network(graph);
    }
  }

  @Test
  void measuresEqualShapesOnce() {
    Graph graph = chain(10);
    MacStopwatch stopwatch = new MacStopwatch(macs -> macs);

    measure(ChannelSpaces.of(graph, Residual.KEEP), stopwatch, COARSE);

    // First, last, and one shape at the four corners between them.
    assertThat(stopwatch.measured).isEqualTo(2 + 2 + 4);
  }

  @Test
  void keepsWithinTheEffort() {
    Graph graph = chain(3);
    ChannelSpaces spaces = ChannelSpaces.of(graph, Residual.KEEP);
    List<Integer> measured = new ArrayList<>();
    for (int limit : new int[] {8, 24, 60, 400}) {
      MacStopwatch stopwatch = new MacStopwatch(macs -> macs / 1e6);
      measure(spaces, stopwatch, new Effort(limit, Duration.ofHours(1)));
      assertThat(stopwatch.measured).isLessThanOrEqualTo(limit);
      measured.add(stopwatch.measured);
    }
    assertThat(measured).isSorted().doesNotHaveDuplicates();

    MacStopwatch slow = new MacStopwatch(macs -> 1e6);
    measure(spaces, slow, new Effort(400, Duration.ofMinutes(1)));
    assertThat(slow.measured).isEqualTo(8);
  }

  /** Parts that take longer alone than together must not make the whole slower than it is. */
  @Test
  void isExactAtFullWidth() {
    Graph graph = chain(3);
    ChannelSpaces spaces = ChannelSpaces.of(graph, Residual.KEEP);
    for (double factor : new double[] {0.5, 1, 3}) {
      Stopwatch stopwatch = new MacStopwatch(macs -> factor * macs);
      LatencyModel model = measure(spaces, stopwatch, COARSE);

      double whole = stopwatch.network(graph);
      assertThat(model.of(Space::width)).isCloseTo(whole, within(1e-6 * whole));
      assertThat(model.of(space -> 1)).isPositive().isLessThan(whole);
    }
  }

  @Test
  void moreChannelsNeverCostLess() {
    Graph graph = chain(3);
    ChannelSpaces spaces = ChannelSpaces.of(graph, Residual.KEEP);
    LatencyModel model = measure(spaces, new Scattered(), Effort.DEFAULT);

    for (Space space : spaces.compressible()) {
      for (int rank = 2; rank <= space.width(); rank++) {
        int at = rank;
        assertThat(model.of(other -> other.equals(space) ? at : 20))
            .isGreaterThanOrEqualTo(model.of(other -> other.equals(space) ? at - 1 : 20));
      }
    }
  }

  /** Times that have nothing to do with what is timed. */
  private static final class Scattered implements Stopwatch {
    @Override
    public double network(Graph graph) {
      return 100;
    }

    @Override
    public double operators(Graph graph) {
      return 1 + Cost.of(graph).macs() % 97 / 10.0;
    }
  }

  @Test
  void timesTheActivationWithItsOperator() {
    Layers net = new Layers("relu", 1, Dim.of(1), 3, 8);
    Feature x = net.apply(new Relu(), net.conv(net.input(), 4, 3, 1));
    Graph graph = net.outputs(net.conv(x, 4, 3, 1));
    List<String> seen = new ArrayList<>();
    Stopwatch recorder =
        new Stopwatch() {
          @Override
          public double network(Graph whole) {
            return 1;
          }

          @Override
          public double operators(Graph small) {
            seen.add(
                small.nodes().stream().map(node -> node.operator().type()).toList().toString());
            return 1;
          }
        };

    measure(ChannelSpaces.of(graph, Residual.KEEP), recorder, COARSE);

    assertThat(seen).containsExactly("[Conv, Relu]", "[Conv, Relu]", "[Conv]", "[Conv]");
  }

  /** 3 to 64 channels, so many convolutions, and 10 at the end. */
  static Graph chain(int inner) {
    Layers net = new Layers("chain", 1, Dim.of(1), 3, 4);
    Feature x = net.conv(net.input(), 64, 3, 1);
    for (int i = 0; i < inner; i++) {
      x = net.conv(x, 64, 3, 1);
    }
    return net.outputs(net.conv(x, 10, 1, 1));
  }
}
