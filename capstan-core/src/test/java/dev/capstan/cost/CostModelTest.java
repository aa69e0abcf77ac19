package dev.capstan.cost;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.compress.Compression;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.rewrite.Residuals;
import dev.capstan.space.Bases;
import dev.capstan.space.Basis;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.testing.Layers;
import dev.capstan.testing.RandomBases;
import dev.capstan.testing.RandomGraphs;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the model foretells is what the compressed network costs. */
class CostModelTest {
  static LongStream seeds() {
    return RandomGraphs.seeds();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void foretellsMacsAndParameters(long seed) {
    for (Residual residual : Residual.values()) {
      Graph given = RandomGraphs.of(seed);
      Graph graph = residual == Residual.KEEP ? given : Residuals.project(given);
      ChannelSpaces spaces = ChannelSpaces.of(graph, residual);
      CostModel model = new CostModel(spaces);

      // A space that keeps its width has no basis: the model knows ranks alone.
      Bases bases = RandomBases.ofRanks(spaces, RandomBases.orthonormal(spaces, seed)::rank, seed);

      Cost actual = Cost.of(Compression.apply(spaces, bases));
      assertThat(model.at(bases::rank)).isEqualTo(actual);
      assertThat(model.at(space -> space.width())).isEqualTo(Cost.of(graph));
    }
  }

  /** 3 x 3 kernel, 8 x 8 outputs, 3 to 4 to 2 channels: counted by hand. */
  @Test
  void countsByHand() {
    Layers net = new Layers("chain", 1, Dim.of(1), 3, 8);
    Graph graph = net.outputs(net.conv(net.conv(net.input(), 4, 3, 1), 2, 1, 1));

    assertThat(Cost.of(graph))
        .isEqualTo(new Cost(64 * 9 * 3 * 4 + 64 * 4 * 2, 3 * 4 * 9 + 4 + 8 + 2));

    ChannelSpaces spaces = ChannelSpaces.of(graph, Residual.KEEP);
    String inner = spaces.compressible().get(0).name();
    Bases bases = new Bases(Map.of(inner, Basis.selection(4, 1)));
    assertThat(Cost.of(Compression.apply(spaces, bases)))
        .isEqualTo(new Cost(64 * 9 * 3 + 64 * 2, 27 + 1 + 2 + 2));
  }

  @Test
  void theBatchDoesNotCount() {
    Layers one = new Layers("one", 1, Dim.of(1), 3, 8);
    Layers eight = new Layers("eight", 1, Dim.of(8), 3, 8);
    Layers open = new Layers("open", 1, Dim.open("N"), 3, 8);

    Cost cost = Cost.of(one.outputs(one.conv(one.input(), 4, 3, 2)));

    assertThat(Cost.of(eight.outputs(eight.conv(eight.input(), 4, 3, 2)))).isEqualTo(cost);
    assertThat(Cost.of(open.outputs(open.conv(open.input(), 4, 3, 2)))).isEqualTo(cost);
  }
}
