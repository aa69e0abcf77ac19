package dev.capstan.pipeline.input;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import dev.capstan.compress.Compression;
import dev.capstan.cost.Cost;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Tail;
import dev.capstan.onnx.OnnxWriter;
import dev.capstan.rank.RankGrid;
import dev.capstan.rank.Ranks;
import dev.capstan.rank.allocate.CompressibleNetwork;
import dev.capstan.rank.allocate.UniformRanks;
import dev.capstan.space.Bases;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.testing.FileCounter;
import dev.capstan.testing.FileCounter.Count;
import dev.capstan.testing.Fixtures;
import dev.capstan.testing.Masked;
import dev.capstan.testing.OnnxModels;
import dev.capstan.testing.OrtOracle;
import dev.capstan.testing.OrtOracle.Tensor;
import dev.capstan.testing.Outputs;
import dev.capstan.testing.RandomBases;
import dev.capstan.testing.RandomGraphs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Situations that people met, and networks of timm narrowed: how far each is read, and how few of
 * the whole file's multiply-accumulates can be kept. {@code make_cases.py} makes the files.
 */
final class CasesTest {
  private static final double ROUND_OFF = 1e-4;

  /** How far below the goal uniform ranks on a coarse grid may end. */
  private static final double SLACK = 0.15;

  @TempDir Path folder;

  /**
   * What must come of a file.
   *
   * @param name the file's
   * @param keep share of its multiply-accumulates to be kept
   * @param tail the operator that the known part ends before; empty where all of it is read
   */
  private record Case(String name, double keep, String tail) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Case half(String name) {
    return new Case(name, 0.5, "");
  }

  static List<Case> cases() {
    return List.of(
        // Nodes of one name, and of none.
        half("alike-script-17"),
        half("unnamed-script-13"),
        new Case("alike-tail-script-11", 0.5, "NonMaxSuppression"),
        // Kernels that two branches share.
        half("stereo-script-17"),
        half("stereo-dynamo-18"),
        // The same from two inputs.
        half("pair-script-17"),
        // Branches stacked and taken apart; a softmax over positions.
        half("selective-script-17"),
        half("context-script-17"),
        // Channels last, pads computed.
        half("keras-script-17"),
        // A sequence that comes first, batch 1: its LSTM is held, and turned at the end.
        new Case("recogniser-script-17", 0.5, "Transpose"),
        // The mean is flattened and taken apart by a table.
        half("channels-last-dynamo-20"),
        // A part of the channels written in place.
        half("in-place-script-17"),
        half("in-place-dynamo-18"),
        // The same with the images counted.
        half("in-place-open-script-17"),
        // Bytes, channels last.
        half("bytes-script-17"),
        half("bytes-dynamo-18"),
        // Kernels that are computed.
        half("standardised-script-17"),
        // The same behind GroupNormalization.
        half("standardised-groups-script-17"),
        half("timm-bit-script-17"),
        half("timm-bit-dynamo-18"),
        // Pads as layers of their own.
        half("blurred-script-11"),
        half("same-script-17"),
        half("style-script-13"),
        half("unet-odd-script-17"),
        // Most multiplications come behind places that are computed.
        half("warped-script-17"),
        half("deformed-script-19"),
        // Networks of timm and a package.
        half("timm-efficientnet-script-13"),
        new Case("timm-mixnet-script-11", 0.6, ""),
        half("timm-lite-script-17"),
        half("efficientnet-lite-script-13"),
        half("timm-nf-regnet-script-17"),
        half("timm-nfnet-script-13"),
        half("timm-dm-nfnet-script-17"),
        half("timm-dm-nfnet-dynamo-18"),
        half("timm-resnet-blur-script-17"),
        half("timm-densenet-blur-script-13"),
        new Case("timm-nasnet-script-17", 0.7, ""),
        half("timm-pnasnet-script-13"),
        half("timm-edgenext-script-17"),
        half("timm-edgenext-dynamo-18"),
        half("timm-mobilevit-script-17"),
        half("timm-mobilevit-dynamo-18"));
  }

  private static SourceModel read(Case one) {
    SourceModel source = SourceModel.read(Fixtures.caseFile(one.name()));
    return TailRun.ofOnes(source, Map.of(), List.of()).on(List.of());
  }

  private static CompressibleNetwork compressible(SourceModel source) {
    return CompressibleNetwork.of(source.folded(), source.open(), Residual.PROJECT);
  }

  /** The file with nodes that have names of their own: ONNX Runtime loads no other. */
  private Path runnable(SourceModel source) throws IOException {
    ModelProto.Builder model = ModelProto.parseFrom(Files.readAllBytes(source.file())).toBuilder();
    model.getGraphBuilder().getNodeBuilderList().forEach(node -> node.clearName());
    return OnnxModels.write(model.build(), folder.resolve("runnable.onnx"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void isReadAndComputesTheSame(Case one) throws IOException {
    SourceModel source = read(one);
    ChannelSpaces spaces = compressible(source).spaces();

    Graph same = Compression.apply(spaces, RandomBases.identity(spaces));

    List<String> reasons = source.graph().tail().map(Tail::reasons).orElse(List.of());
    assertThat(reasons).hasSize(one.tail().isEmpty() ? 0 : 1);
    assertThat(reasons).allMatch(reason -> reason.contains("(" + one.tail() + ")"));
    Map<String, Tensor> inputs = RandomGraphs.inputs(source.graph(), 5);
    Outputs.assertClose(
        OrtOracle.run(source.restore(same), inputs),
        OrtOracle.run(runnable(source), inputs),
        ROUND_OFF);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void selectionRemovesFilters(Case one) {
    ChannelSpaces spaces = compressible(read(one)).spaces();
    Bases bases = RandomBases.selection(spaces, 3);

    Graph removed = Compression.apply(spaces, bases);

    Outputs.assertClose(removed, Masked.of(spaces.graph(), spaces, bases), ROUND_OFF);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void keepsNoMoreOfTheFileThanIsAskedFor(Case one) throws IOException {
    SourceModel source = read(one);
    Map<String, Tensor> inputs = RandomGraphs.inputs(source.graph(), 5);
    Count before = FileCounter.of(runnable(source), inputs);

    Path written = written(source, one.keep(), before.macs());

    Count after = FileCounter.of(written, inputs);
    assertThat((double) after.macs() / before.macs()).isBetween(one.keep() - SLACK, one.keep());
    if (one.keep() < 1) {
      assertThat(after.parameters()).isLessThan(before.parameters());
      assertThat(Files.size(written)).isLessThan(Files.size(source.file()));
    }
    assertThat(signature(written)).isEqualTo(signature(source.file()));
  }

  /** The smaller network's file, by uniform ranks and random bases. */
  private Path written(SourceModel source, double keep, long macs) {
    CompressibleNetwork network = compressible(source);
    ChannelSpaces spaces = network.spaces();
    Ranks ranks = UniformRanks.allocate(spaces, network.costs(), RankGrid.DEFAULT, keep, macs);
    Graph small = Compression.apply(spaces, RandomBases.ofRanks(spaces, ranks::of, 1));
    Path file = folder.resolve("small.onnx");
    OnnxWriter.write(source.restore(small), file);
    return file;
  }

  /** Names, types and shapes of what goes in and comes out. */
  private static String signature(Path file) throws IOException {
    GraphProto graph = ModelProto.parseFrom(Files.readAllBytes(file)).getGraph();
    return graph.getInputList() + "\n" + graph.getOutputList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"stereo-script-17", "stereo-dynamo-18"})
  void sharedKernelsStayOneAndEqualPicturesAreToldApartByNothing(String name) throws IOException {
    SourceModel source = read(half(name));
    Path small = written(source, 0.5, Cost.of(source.open()).macs());

    assertThat(kernels(small)).isEqualTo(kernels(source.file())).isEqualTo(4);
    Tensor one = twice(1);
    Tensor other = twice(2);
    assertThat(OrtOracle.run(small, Map.of("image", one)).get("output").values())
        .isEqualTo(OrtOracle.run(small, Map.of("image", other)).get("output").values());
  }

  private static long kernels(Path file) throws IOException {
    return ModelProto.parseFrom(Files.readAllBytes(file)).getGraph().getInitializerList().stream()
        .filter(tensor -> tensor.getDimsCount() == 4)
        .count();
  }

  /** A picture beside itself. */
  private static Tensor twice(long seed) {
    Tensor picture = Tensor.random(seed, 1, 3, 32, 32);
    int size = picture.values().length;
    float[] both = Arrays.copyOf(picture.values(), 2 * size);
    System.arraycopy(picture.values(), 0, both, size, size);
    return new Tensor(both, 1, 6, 32, 32);
  }
}
