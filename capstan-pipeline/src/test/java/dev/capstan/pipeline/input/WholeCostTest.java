package dev.capstan.pipeline.input;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.compress.Compression;
import dev.capstan.cost.Cost;
import dev.capstan.cost.CostModel;
import dev.capstan.cost.TailCost;
import dev.capstan.graph.ForeignNode;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Shape;
import dev.capstan.graph.Tail;
import dev.capstan.onnx.OnnxWriter;
import dev.capstan.rank.allocate.CompressibleNetwork;
import dev.capstan.space.Bases;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.testing.FileCounter;
import dev.capstan.testing.FileCounter.Count;
import dev.capstan.testing.Fixtures;
import dev.capstan.testing.OnnxModels;
import dev.capstan.testing.OrtOracle.Tensor;
import dev.capstan.testing.RandomBases;
import dev.capstan.testing.RandomGraphs;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Totals are those of the files: of the one that is read and of the one that is written. */
final class WholeCostTest {
  private static final int SIDE = 16;

  @TempDir Path folder;

  static LongStream seeds() {
    return RandomGraphs.seeds().limit(Long.getLong("capstan.graphs", 30));
  }

  static List<String> fixtures() {
    return Fixtures.names();
  }

  private static boolean isRunnable(long seed) {
    return seed % 8 != 7;
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void ofRandomNetworksWithTails(long seed) {
    boolean runnable = isRunnable(seed);
    Path file = folder.resolve("model.onnx");
    OnnxModels.write(RandomGraphs.withTail(seed, runnable), file);

    SourceModel source = TailRun.ofOnes(SourceModel.read(file), Map.of(), List.of()).on(List.of());

    assertThat(source.refusal() == null).as(source.refusal()).isEqualTo(runnable);
    assertCounts(source, seed);
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void ofFixtures(String name) {
    SourceModel read = SourceModel.read(Fixtures.file(name));
    SourceModel sized = read.at(List.of(Shape.of(3, SIDE, SIDE)));
    assertCounts(TailRun.ofOnes(sized, Map.of(), List.of()).on(List.of()), 1);
  }

  /** All three kinds that totals went wrong with, often. */
  @Test
  void amongThemAreTailsTiedWeightsAndOperatorsThatNobodyKnows() {
    int all = 0;
    int tails = 0;
    int tied = 0;
    int unknown = 0;
    for (long seed : seeds().toArray()) {
      Path file = folder.resolve("model.onnx");
      OnnxModels.write(RandomGraphs.withTail(seed, isRunnable(seed)), file);
      Graph graph = SourceModel.read(file).graph();
      all++;
      tails += graph.tail().isPresent() ? 1 : 0;
      tied += hasTiedKernels(graph) ? 1 : 0;
      unknown += isRunnable(seed) ? 0 : 1;
    }
    assertThat(tails).isGreaterThan(all / 2);
    assertThat(tied).isGreaterThan(all / 3);
    assertThat(unknown).isGreaterThan(all / 16);
  }

  /** A kernel that two nodes read, be one of them the tail's. */
  private static boolean hasTiedKernels(Graph graph) {
    return graph.constants().entrySet().stream()
        .filter(constant -> constant.getValue().rank() > 1)
        .map(Map.Entry::getKey)
        .anyMatch(name -> graph.readers(name).size() > 1);
  }

  private void assertCounts(SourceModel source, long seed) {
    Map<String, Tensor> inputs = RandomGraphs.inputs(source.graph(), seed);
    assertThat(counted(Cost.of(source.open())))
        .as("of the original")
        .isEqualTo(FileCounter.of(source.file(), inputs));
    source.open().tail().ifPresent(tail -> assertRows(tail, source.file(), inputs));
    for (Residual residual : Residual.values()) {
      CompressibleNetwork network =
          CompressibleNetwork.of(source.folded(), source.open(), residual);
      ChannelSpaces spaces = network.spaces();
      Bases bases = RandomBases.ofRanks(spaces, RandomBases.orthonormal(spaces, seed)::rank, seed);
      Graph compressed = Compression.apply(spaces, bases);
      Path written = folder.resolve("written.onnx");
      OnnxWriter.write(source.restore(compressed), written);

      Cost cost = Cost.of(compressed);
      assertThat(counted(cost)).as("%s", residual).isEqualTo(FileCounter.of(written, inputs));
      assertThat(new CostModel(spaces).at(bases::rank)).isEqualTo(cost);
    }
  }

  /** Node by node, as {@code inspect} lists them. */
  private static void assertRows(Tail tail, Path file, Map<String, Tensor> inputs) {
    Map<String, Long> counted = FileCounter.macs(file, inputs);
    Map<String, Long> told = TailCost.of(tail).macs();
    for (ForeignNode node : tail.nodes()) {
      if (told.containsKey(node.name())) {
        long count = counted.getOrDefault(node.outputs().get(0), 0L);
        assertThat(told).as("%s", node).containsEntry(node.name(), count);
      }
    }
  }

  private static Count counted(Cost cost) {
    return new Count(cost.macs(), cost.parameters(), cost.uncounted().size());
  }
}
