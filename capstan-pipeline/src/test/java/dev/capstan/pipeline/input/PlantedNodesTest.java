package dev.capstan.pipeline.input;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.capstan.compress.Compression;
import dev.capstan.cost.Cost;
import dev.capstan.cost.CostModel;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.op.Opaque;
import dev.capstan.onnx.OnnxReader;
import dev.capstan.ort.OrtConstants;
import dev.capstan.ort.OrtProcess;
import dev.capstan.recipe.Compute;
import dev.capstan.rewrite.FoldBatchNorm;
import dev.capstan.rewrite.OpenBatch;
import dev.capstan.rewrite.Rewriter;
import dev.capstan.space.Bases;
import dev.capstan.space.ChannelOrder;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.testing.OnnxModels;
import dev.capstan.testing.OrtOracle;
import dev.capstan.testing.OrtOracle.Tensor;
import dev.capstan.testing.Outputs;
import dev.capstan.testing.PlantedNodes;
import dev.capstan.testing.RandomBases;
import dev.capstan.testing.RandomGraphs;
import dev.capstan.torch.TorchNetwork;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Operators that nobody knows, planted anywhere: layers on both sides are worked with. */
final class PlantedNodesTest {
  private static final double TOLERANCE = 1e-4;
  static final OrtConstants RUNTIME = new OrtConstants(OrtProcess.shared(), Duration.ofMinutes(10));

  @TempDir Path folder;

  static LongStream seeds() {
    return RandomGraphs.seeds(300);
  }

  /** How many of the networks have such a node between layers. */
  private static int held;

  @AfterAll
  static void mostOfThemHold() {
    assertThat(held).isGreaterThan((int) seeds().count() / 2);
  }

  private Graph read(ModelProto model) {
    Path file = OnnxModels.write(model, folder.resolve("model.onnx"));
    return OnnxReader.readPart(file, Set.of(), RUNTIME);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void sameFileAndSameRun(long seed) throws IOException {
    ModelProto model = PlantedNodes.in(RandomGraphs.of(seed), seed);
    Graph graph = read(model);
    held += graph.nodes().stream().anyMatch(n -> n.operator() instanceof Opaque) ? 1 : 0;
    Map<String, Tensor> inputs = RandomGraphs.inputs(graph, seed);
    Map<String, Tensor> expected = OrtOracle.run(model.toByteArray(), inputs);

    Outputs.assertClose(OrtOracle.run(graph, inputs), expected, 0);
    assertCompressed(graph, inputs, seed);
  }

  /** With fewer channels on both sides the engine and ONNX Runtime compute the same. */
  static void assertCompressed(Graph graph, Map<String, Tensor> inputs, long seed) {
    Graph open = ChannelOrder.apply(OpenBatch.apply(graph));
    ChannelSpaces spaces =
        ChannelSpaces.of(Rewriter.apply(open, new FoldBatchNorm()), Residual.PROJECT);
    Bases bases = RandomBases.oblique(spaces, seed);
    Graph small = Compression.apply(spaces, bases);
    assertThat(new CostModel(spaces).at(bases::rank)).isEqualTo(Cost.of(small));
    Graph part = small.edit().tail(null).build();
    Outputs.assertClose(engine(part, inputs), OrtOracle.run(part, inputs), TOLERANCE);
  }

  /** What the engine gives for the part that it runs; a tail's values are those of the file. */
  private static Map<String, Tensor> engine(Graph graph, Map<String, Tensor> inputs) {
    Map<String, Constant> given = new LinkedHashMap<>();
    inputs.forEach((name, x) -> given.put(name, Constant.of(x.values(), x.shape())));
    Map<String, Tensor> found = new LinkedHashMap<>();
    try (TorchNetwork network = new TorchNetwork(graph, Compute.fp32(1))) {
      network.run(given).forEach((name, y) -> found.put(name, new Tensor(y.floats(), y.sizes())));
    }
    return found;
  }
}
