package dev.capstan.compress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.capstan.cost.Cost;
import dev.capstan.graph.Graph;
import dev.capstan.onnx.OnnxReader;
import dev.capstan.onnx.OnnxWriter;
import dev.capstan.rewrite.OpenBatch;
import dev.capstan.space.Bases;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.testing.Fixtures;
import dev.capstan.testing.Golden;
import dev.capstan.testing.Masked;
import dev.capstan.testing.OrtOracle;
import dev.capstan.testing.OrtOracle.Tensor;
import dev.capstan.testing.Outputs;
import dev.capstan.testing.RandomBases;
import dev.capstan.testing.RandomGraphs;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.bytedeco.onnx.global.onnx;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** docs/method.md, section 7, on networks as PyTorch exports them, judged by ONNX Runtime. */
class FixturesTest {
  private static final double ROUND_OFF = 5e-5;
  private static final double HALF_PRECISION = 2e-2;
  private static final int DRAWS = 3;
  private static final Pattern SQUARES = Pattern.compile("activations|patches");

  @TempDir Path folder;

  static List<String> names() {
    return Fixtures.names();
  }

  private static double tolerance(String name) {
    return name.contains("-half-") ? HALF_PRECISION : ROUND_OFF;
  }

  @ParameterizedTest
  @MethodSource("names")
  void preparedNetworksComputeTheSame(String name) {
    Graph original = Fixtures.read(name);
    Map<String, Tensor> inputs = RandomGraphs.inputs(original, 5);
    Graph restored = OpenBatch.restore(Fixtures.prepared(name), original);

    Outputs.assertClose(
        OrtOracle.run(restored, inputs),
        OrtOracle.run(Fixtures.file(name), inputs),
        tolerance(name));
  }

  @ParameterizedTest
  @MethodSource("names")
  void identityBasesChangeNothing(String name) {
    Graph graph = Fixtures.prepared(name);
    ChannelSpaces spaces = ChannelSpaces.of(graph, Residual.PROJECT);

    Graph same = Compression.apply(spaces, RandomBases.identity(spaces));

    Outputs.assertClose(same, graph, tolerance(name));
    assertThat(Cost.of(same).macs()).isEqualTo(Cost.of(graph).macs());
  }

  @ParameterizedTest
  @MethodSource("names")
  void selectionRemovesFilters(String name) {
    Graph graph = Fixtures.prepared(name);
    ChannelSpaces spaces = ChannelSpaces.of(graph, Residual.PROJECT);
    for (int seed = 0; seed < DRAWS; seed++) {
      Bases bases = RandomBases.selection(spaces, seed);

      Graph removed = Compression.apply(spaces, bases);

      Outputs.assertClose(
          removed, Masked.of(Fixtures.single(graph), spaces, bases), tolerance(name));
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void linearPartsMayBeRotated(String name) {
    assumeFalse(SQUARES.matcher(name).lookingAt(), "products of a tensor with itself");
    Graph graph = Fixtures.linear(name);
    ChannelSpaces spaces = ChannelSpaces.of(graph, Residual.PROJECT);

    Graph rotated = Compression.apply(spaces, RandomBases.rotation(spaces, 1));

    Outputs.assertClose(rotated, graph, tolerance(name));
  }

  @ParameterizedTest
  @MethodSource("names")
  void halfOfTheMacsEqualsTheProjectedNetwork(String name) {
    Halved halved = Halved.of(name);

    assertThat(Cost.of(halved.half()).macs())
        .isLessThanOrEqualTo(Cost.of(Fixtures.sized(name)).macs() / 2);
    Outputs.assertClose(
        halved.half(),
        Projected.of(Fixtures.single(halved.graph()), halved.spaces(), halved.bases()).graph(),
        tolerance(name));
  }

  @ParameterizedTest
  @MethodSource("names")
  void whatStandsBesideTheNetworkIsKept(String name) {
    Graph original = Fixtures.read(name);
    Graph half = OpenBatch.restore(Halved.of(name).half(), original);
    Path file = folder.resolve("half.onnx");

    OnnxWriter.write(half, file);

    Graph found = OnnxReader.readPart(file);
    assertThat(found.metadata()).isEqualTo(original.metadata());
    assertThat(found.metadata().doc()).isEqualTo("made for tests");
    assertThat(found.metadata().properties()).containsEntry("author", "Capstan's tests");
    assertThat(found.inputs()).isEqualTo(original.inputs());
    assertThat(found.outputs()).isEqualTo(original.outputs());
    assertThat(found.inputs()).allMatch(input -> !input.doc().isEmpty());
    assertThat(found.name()).isEqualTo(original.name());
  }

  /** The checker of the ONNX project, which sees what ONNX Runtime overlooks. */
  @ParameterizedTest
  @MethodSource("names")
  @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
  void onnxCheckerAccepts(String name) {
    Path file = folder.resolve("half.onnx");

    OnnxWriter.write(OpenBatch.restore(Halved.of(name).half(), Fixtures.read(name)), file);

    onnx.check_model(file.toString(), true, false, false);
  }

  @ParameterizedTest
  @MethodSource("names")
  void spacesBeforeAndAfter(String name) {
    Halved halved = Halved.of(name);
    String text =
        "# spaces\n%s\n# before\n%s\n# half of the multiply-accumulates\n%s\n# its spaces\n%s"
            .formatted(
                halved.spaces(),
                halved.graph(),
                halved.half(),
                ChannelSpaces.of(halved.half(), Residual.PROJECT));
    Golden.assertGolden(FixturesTest.class, "fixtures/" + name + ".txt", text);
  }
}
