package dev.capstan.compress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.graph.Graph;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.Value;
import dev.capstan.rewrite.Residuals;
import dev.capstan.space.Bases;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.testing.Masked;
import dev.capstan.testing.Outputs;
import dev.capstan.testing.RandomBases;
import dev.capstan.testing.RandomGraphs;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * docs/method.md, section 7, on random networks: what compression must mean, judged by ONNX
 * Runtime.
 */
class CompressionPropertyTest {
  private static final double ROUND_OFF = 2e-5;

  static LongStream seeds() {
    return RandomGraphs.seeds();
  }

  private static Residual residual(long seed) {
    return seed % 2 == 0 ? Residual.KEEP : Residual.PROJECT;
  }

  /** A network; where streams are projected its padded shortcuts are convolutions. */
  private static Graph network(long seed) {
    Graph graph = RandomGraphs.of(seed);
    return residual(seed) == Residual.KEEP ? graph : Residuals.project(graph);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void identityBasesChangeNothing(long seed) {
    Graph graph = network(seed);
    ChannelSpaces spaces = ChannelSpaces.of(graph, residual(seed));

    Graph same = Compression.apply(spaces, RandomBases.identity(spaces));

    graph
        .nodes()
        .forEach(node -> assertThat(same.node(node.name()).operator()).isEqualTo(node.operator()));
    Outputs.assertClose(same, graph, ROUND_OFF);
  }

  /** Zeroing what reads the dropped channels is another way to remove them. */
  @ParameterizedTest
  @MethodSource("seeds")
  void selectionRemovesFilters(long seed) {
    Graph graph = network(seed);
    ChannelSpaces spaces = ChannelSpaces.of(graph, residual(seed));
    Bases bases = RandomBases.selection(spaces, seed);

    Graph removed = Compression.apply(spaces, bases);

    Outputs.assertClose(removed, Masked.of(graph, spaces, bases), ROUND_OFF);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void permutedChannelsChangeNothing(long seed) {
    Graph graph = Residuals.project(RandomGraphs.of(seed));
    ChannelSpaces spaces = ChannelSpaces.of(graph, Residual.PROJECT);

    Bases permutation = RandomBases.permutation(spaces, seed);

    Outputs.assertClose(Compression.apply(spaces, permutation), graph, ROUND_OFF);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void linearNetworksMayBeRotatedAndScaled(long seed) {
    Graph graph = Residuals.project(RandomGraphs.linear(seed));
    ChannelSpaces spaces = ChannelSpaces.of(graph, Residual.PROJECT);

    Graph rotated = Compression.apply(spaces, RandomBases.rotation(spaces, seed));
    Graph scaled = Compression.apply(spaces, RandomBases.invertible(spaces, seed));

    Outputs.assertClose(rotated, graph, ROUND_OFF);
    Outputs.assertClose(scaled, graph, ROUND_OFF);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void smallKernelsEqualTheProjectedNetwork(long seed) {
    Graph graph = network(seed);
    ChannelSpaces spaces = ChannelSpaces.of(graph, residual(seed));
    Bases bases =
        seed % 3 == 0 ? RandomBases.oblique(spaces, seed) : RandomBases.orthonormal(spaces, seed);

    Projected.Result projected = Projected.of(graph, spaces, bases);
    Graph compressed = Compression.apply(spaces, bases);

    // Layer by layer, not only at the end.
    Graph found = giving(compressed, projected.compressed());
    Outputs.assertClose(found, giving(projected.graph(), projected.compressed()), ROUND_OFF);
  }

  /** The network that gives these values too. */
  private static Graph giving(Graph graph, Set<String> values) {
    Map<String, TensorType> types = ShapeInference.of(graph);
    Map<String, Value> outputs = new LinkedHashMap<>();
    graph.outputs().forEach(output -> outputs.put(output.name(), output));
    for (String value : values) {
      outputs.putIfAbsent(value, new Value(value, types.get(value)));
    }
    return graph.edit().outputs(List.copyOf(outputs.values())).build();
  }

  /** A generator of networks without anything to compress would make every property hold. */
  @Test
  void randomNetworksHaveSpacesOfEveryKind() {
    Map<String, Long> kinds = new LinkedHashMap<>();
    RandomGraphs.seeds()
        .mapToObj(RandomGraphs::of)
        .flatMap(graph -> ChannelSpaces.of(graph, Residual.PROJECT).all().stream())
        .forEach(
            space ->
                kinds.merge(space.freedom() + (space.stream() ? " stream" : ""), 1L, Long::sum));
    assertThat(kinds.keySet())
        .contains("FREE", "SELECT_ONLY", "PINNED", "FREE stream", "PINNED stream");
    assertThat(kinds.get("FREE")).isGreaterThan(RandomGraphs.seeds().count());
  }
}
