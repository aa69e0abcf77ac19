package dev.capstan.compress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.cost.Cost;
import dev.capstan.cost.CostModel;
import dev.capstan.graph.Graph;
import dev.capstan.space.Bases;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.testing.Golden;
import dev.capstan.testing.Masked;
import dev.capstan.testing.Outputs;
import dev.capstan.testing.RandomBases;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * docs/method.md, section 7, on the patterns that networks are made of, and what their spaces are.
 */
class PatternsTest {
  private static final double ROUND_OFF = 2e-5;
  private static final int DRAWS = 5;

  static Set<String> names() {
    return Patterns.names();
  }

  @ParameterizedTest
  @MethodSource("names")
  void channelsInOrderComputeTheSame(String name) {
    Graph original = Patterns.original(name, false);

    Outputs.assertClose(Patterns.of(name, false), original, ROUND_OFF);
  }

  @ParameterizedTest
  @MethodSource("names")
  void identityBasesChangeNothing(String name) {
    Graph graph = Patterns.of(name, false);
    ChannelSpaces spaces = ChannelSpaces.of(graph, Residual.PROJECT);

    Graph same = Compression.apply(spaces, RandomBases.identity(spaces));

    Outputs.assertClose(same, graph, ROUND_OFF);
    assertThat(Cost.of(same).macs()).isEqualTo(Cost.of(graph).macs());
  }

  @ParameterizedTest
  @MethodSource("names")
  void selectionRemovesFilters(String name) {
    Graph graph = Patterns.of(name, false);
    ChannelSpaces spaces = ChannelSpaces.of(graph, Residual.PROJECT);
    for (int seed = 0; seed < DRAWS; seed++) {
      Bases bases = RandomBases.selection(spaces, seed);

      Graph removed = Compression.apply(spaces, bases);

      Outputs.assertClose(removed, Masked.of(graph, spaces, bases), ROUND_OFF);
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void linearPartsMayBeRotated(String name) {
    Graph graph = Patterns.of(name, true);
    ChannelSpaces spaces = ChannelSpaces.of(graph, Residual.PROJECT);

    Graph rotated = Compression.apply(spaces, RandomBases.rotation(spaces, 1));
    Graph scaled = Compression.apply(spaces, RandomBases.invertible(spaces, 2));

    Outputs.assertClose(rotated, graph, ROUND_OFF);
    Outputs.assertClose(scaled, graph, ROUND_OFF);
  }

  @ParameterizedTest
  @MethodSource("names")
  void smallKernelsEqualTheProjectedNetwork(String name) {
    Graph graph = Patterns.of(name, false);
    ChannelSpaces spaces = ChannelSpaces.of(graph, Residual.PROJECT);
    for (int seed = 0; seed < DRAWS; seed++) {
      Bases bases = RandomBases.orthonormal(spaces, seed);

      Graph compressed = Compression.apply(spaces, bases);

      Outputs.assertClose(compressed, Projected.of(graph, spaces, bases).graph(), ROUND_OFF);
      assertThat(new CostModel(spaces).macs(bases::rank)).isEqualTo(Cost.of(compressed).macs());
    }
  }

  @Test
  void spaces() {
    StringBuilder text = new StringBuilder();
    for (String name : names()) {
      ChannelSpaces spaces = ChannelSpaces.of(Patterns.of(name, false), Residual.PROJECT);
      text.append("# ").append(name).append('\n').append(spaces).append('\n');
    }
    Golden.assertGolden(PatternsTest.class, "patterns.txt", text.toString());
  }
}
