package dev.capstan.pipeline;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.data.ImageIoDecoder;
import dev.capstan.data.format.PngFolder;
import dev.capstan.data.shapes.ShapeImages;
import dev.capstan.graph.Graph;
import dev.capstan.job.BasisOptions;
import dev.capstan.job.CompressJob;
import dev.capstan.job.CompressionOptions;
import dev.capstan.job.Corrections;
import dev.capstan.job.Corrections.Correction;
import dev.capstan.job.ImageOptions;
import dev.capstan.job.Inputs;
import dev.capstan.job.PreprocessingOptions;
import dev.capstan.job.RankSettings;
import dev.capstan.job.ResidualPolicy;
import dev.capstan.job.TuneOptions;
import dev.capstan.onnx.OnnxReader;
import dev.capstan.pipeline.input.SourceModel;
import dev.capstan.pipeline.result.Version;
import dev.capstan.recipe.Compute;
import dev.capstan.recipe.Method;
import dev.capstan.recipe.WorkListener;
import dev.capstan.report.CompressReport;
import dev.capstan.testing.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole job, verification included, on networks as PyTorch exports them. */
final class FixtureJobsTest {
  @TempDir static Path images;
  @TempDir Path folder;

  /**
   * Each network as one of its exporters writes it, in turn: that all are read as the same network
   * is another test's.
   */
  static List<String> names() {
    Map<String, List<String>> exports =
        Fixtures.names().stream()
            .collect(groupingBy(name -> name.split("-(script|dynamo)")[0], TreeMap::new, toList()));
    List<String> names = new ArrayList<>();
    exports.values().forEach(files -> names.add(files.get(names.size() % files.size())));
    return names;
  }

  /** Drawn images without labels. */
  @BeforeAll
  static void draw() throws IOException {
    Path classes = images.resolve("classes");
    PngFolder.write(new ShapeImages(11, 48), new ImageIoDecoder(), classes);
    Files.createDirectory(images.resolve("flat"));
    try (Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.move(file, images.resolve("flat").resolve(file.getFileName()));
      }
    }
  }

  private static PreprocessingOptions square() {
    PreprocessingOptions usual = PreprocessingOptions.DEFAULT;
    return new PreprocessingOptions(
        usual.mean(),
        usual.std(),
        usual.channels(),
        usual.range(),
        usual.resize(),
        usual.size(),
        PreprocessingOptions.Extent.square(16),
        usual.layout());
  }

  private static CompressJob job(Path model, PreprocessingOptions input, Path output) {
    Inputs setup =
        Inputs.of(model, images.resolve("flat"))
            .with(new ImageOptions(input, null, null))
            .with(Compute.fp32(1));
    CompressionOptions course =
        CompressionOptions.DEFAULT
            .with(TuneOptions.NONE)
            .with(
                RankSettings.DEFAULT.with(RankSettings.Policy.UNIFORM).with(ResidualPolicy.PROJECT))
            .with(BasisOptions.DEFAULT.with(Method.ACTIVATION))
            .with(new Corrections(Correction.OFF, Correction.OFF));
    return new CompressJob(setup, course, CompressJob.Limits.NONE, output, false);
  }

  @ParameterizedTest
  @MethodSource("names")
  void halfOfTheMacsIsVerifiedAndSaysWhereItComesFrom(String name) {
    Path output = folder.resolve("small.onnx");

    CompressReport report =
        Compressor.run(job(Fixtures.file(name), square(), output), WorkListener.NONE);

    assertThat(report.macs().kept()).isLessThanOrEqualTo(0.5);
    Graph original = Fixtures.read(name);
    Graph small = OnnxReader.readPart(output);
    assertThat(small.inputs()).isEqualTo(original.inputs());
    assertThat(small.outputs()).isEqualTo(original.outputs());
    assertThat(small.metadata().properties())
        .containsAllEntriesOf(original.metadata().properties())
        .containsEntry("capstan.version", Version.NUMBER)
        .containsEntry("capstan.source.sha256", SourceModel.read(Fixtures.file(name)).sha256())
        .containsEntry("capstan.goal", "keep-macs 0.5");
    report
        .ranks()
        .forEach(
            (space, rank) ->
                assertThat(small.metadata().properties().get("capstan.plan").split(" "))
                    .contains(space + "=" + rank));
  }

  /** Bytes, channels last, a gray line of text, nodes of one name: from reading to verification. */
  @ParameterizedTest
  @ValueSource(
      strings = {"bytes-script-17", "keras-script-17", "recogniser-script-17", "alike-script-17"})
  void caseFilesAreFedAsTheirInputsAsk(String name) {
    Path output = folder.resolve("small.onnx");
    CompressJob job = job(Fixtures.caseFile(name), PreprocessingOptions.DEFAULT, output);

    CompressReport report = Compressor.run(job, WorkListener.NONE);

    assertThat(report.macs().kept()).isBetween(0.35, 0.5);
    assertThat(OnnxReader.readPart(output).inputs())
        .isEqualTo(OnnxReader.readPart(Fixtures.caseFile(name)).inputs());
  }
}
