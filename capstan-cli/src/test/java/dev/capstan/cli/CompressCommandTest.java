package dev.capstan.cli;

import static dev.capstan.cli.CompressRuns.at;
import static dev.capstan.cli.CompressRuns.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.graph.Constant;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.Value;
import dev.capstan.graph.op.Reshape;
import dev.capstan.onnx.OnnxReader;
import dev.capstan.onnx.OnnxWriter;
import dev.capstan.ort.OrtModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What it takes, and what it leaves. */
final class CompressCommandTest {
  private static final List<String> ALWAYS =
      List.of(
          "macs/before",
          "macs/after",
          "parameters/before",
          "parameters/after",
          "latencyMillis/batch1/before/oneThread",
          "latencyMillis/batch1/before/allThreads",
          "latencyMillis/batch1/after/oneThread",
          "latencyMillis/batch1/after/allThreads",
          "latencyMillis/batch32/after/oneThread",
          "verification/maxRelativeError",
          "seconds",
          "seed");

  @TempDir static Path shared;
  private static CompressRuns runs;
  private static Path plain;
  private static JsonNode plainReport;

  @TempDir Path folder;

  @BeforeAll
  static void compress() throws IOException {
    runs = CompressRuns.in(shared);
    plain = Files.createDirectory(shared.resolve("plain")).resolve("small.onnx");
    plainReport = runs.to(plain, "--json").result();
  }

  private Path output() {
    return folder.resolve("small.onnx");
  }

  @Test
  void saysEverythingAsJson() {
    JsonNode report =
        runs.to(
                output(),
                "--json",
                "--val",
                runs.images().toString(),
                "--fine-tune-epochs=2",
                "--learn-images=96",
                "--ranks=uniform",
                "--refit=on",
                "--re-estimate=off",
                "--seed=7")
            .result();

    ALWAYS.forEach(path -> assertThat(at(report, path).isNumber()).as(path).isTrue());
    for (String figure : List.of("top1", "top5")) {
      for (String stage : List.of("baseline", "projected", "refitted", "fineTuned")) {
        assertThat(at(report, figure + "/" + stage).asDouble()).isBetween(0.0, 100.0);
      }
    }
    assertThat(at(report, "macs/after").asLong())
        .isPositive()
        .isLessThanOrEqualTo(at(report, "macs/before").asLong() / 2);
    assertThat(at(report, "verification/maxRelativeError").asDouble()).isBetween(0.0, 1e-4);
    assertThat(at(report, "imagesSeen").toString())
        .isEqualTo("{\"calibration\":48,\"learning\":96,\"refit\":80,\"fineTuning\":128}");
    assertThat(at(report, "seed").asLong()).isEqualTo(7);
  }

  @Test
  void stagesThatWereNotRunAreNull() {
    for (String figure : List.of("top1", "top5")) {
      for (String stage : List.of("baseline", "projected", "refitted", "fineTuned")) {
        assertThat(at(plainReport, figure + "/" + stage).isNull()).as(stage).isTrue();
      }
    }
    assertThat(at(plainReport, "imagesSeen/learning").asLong()).isEqualTo(80);
  }

  /** Labels are only needed to judge by. */
  @Test
  void endsWithATable() throws IOException {
    Path flat = Samples.flat(runs.images(), folder.resolve("flat"));

    CommandLineRun run =
        CompressRuns.to(output(), runs.model(), flat, "--val", runs.images().toString());

    assertThat(run.out())
        .contains(
            "MACs",
            "parameters",
            "file",
            "top-1 after projection",
            "latency, batch 1, 1 thread",
            "batch 32, all threads")
        .contains("verified in ONNX Runtime", "seed 1", output().toString())
        .doesNotContain("fine-tuning");
    JsonNode report = json(folder.resolve("small.capstan.json")).at("/result");
    assertThat(at(report, "top1/projected").isNumber()).isTrue();
    assertThat(at(report, "imagesSeen/learning").asLong()).isEqualTo(80);
  }

  @Test
  void leavesFourFilesThatAllMayRead() {
    Path written = plain.resolveSibling("");

    assertThat(Samples.contents(written).keySet())
        .containsExactlyInAnyOrder(
            written.toString(),
            plain.toString(),
            written.resolve("small.bases.safetensors").toString(),
            written.resolve("small.capstan.html").toString(),
            written.resolve("small.capstan.json").toString());
  }

  @Test
  void fewImagesSuffice() throws IOException {
    Path few = Samples.flat(Samples.images(folder.resolve("few"), 3), folder.resolve("flat"));

    JsonNode report =
        CompressRuns.to(output(), runs.model(), few, "--json", "--fine-tune-epochs=1").result();

    assertThat(at(report, "verification/inputs").asInt()).isGreaterThan(2);
  }

  @Test
  void anotherSeedGivesAnotherResult() {
    Graph first = OnnxReader.read(plain);
    runs.to(output(), "--seed=2");

    Graph other = OnnxReader.read(output());
    assertThat(first.constants())
        .anySatisfy(
            (name, constant) ->
                assertThat(constant.sameAs(other.constants().get(name))).as(name).isFalse());
  }

  /** The file stays one for a single image, and what is learned is what an open batch teaches. */
  @Test
  void aBatchFixedToOneStaysSo() {
    Path fixed = folder.resolve("fixed.onnx");
    OnnxWriter.write(withBatchOfOne(OnnxReader.read(runs.model())), fixed);

    CompressRuns.to(output(), fixed, runs.images());

    Graph result = OnnxReader.read(output());
    assertThat(result.inputs().get(0).type().shape().size(0)).isEqualTo(1);
    assertThat(result.outputs().get(0).type().shape().size(0)).isEqualTo(1);
    assertThat(((Reshape) result.node("flatten").operator()).target().get(0)).isEqualTo(1);
    Constant image = Constant.of(new float[3 * 32 * 32], 1, 3, 32, 32);
    try (OrtModel running = OrtModel.open(output(), 1)) {
      assertThat(running.run(Map.of("input", image)).get("logits").sizes()).containsExactly(1, 10);
    }
    OnnxReader.read(plain)
        .constants()
        .forEach(
            (name, constant) ->
                assertThat(constant.sameAs(result.constants().get(name))).as(name).isTrue());
  }

  private static Graph withBatchOfOne(Graph graph) {
    return graph
        .edit()
        .inputs(graph.inputs().stream().map(CompressCommandTest::single).toList())
        .outputs(graph.outputs().stream().map(CompressCommandTest::single).toList())
        .nodes(graph.nodes().stream().map(CompressCommandTest::reshaped).toList())
        .build();
  }

  private static Value single(Value value) {
    return new Value(
        value.name(), value.type().with(value.type().shape().with(0, Dim.of(1))), value.doc());
  }

  private static Node reshaped(Node node) {
    return node.name().equals("flatten") ? node.with(new Reshape(List.of(1L, 16L), false)) : node;
  }

  /** All of a record but what is given beside it; bits are the same, and said to be. */
  @Test
  void theJobOfARecordIsDoneAgain() throws IOException {
    Path record = plain.resolveSibling("small.capstan.json");

    CommandLineRun again =
        CommandLineRun.of("compress", "--from=" + record, "-o", output().toString());

    assertThat(again.code()).as(again.err()).isIn(0, 3);
    assertThat(again.err()).contains("the same bits as the record's");
    assertThat(Files.readAllBytes(output())).isEqualTo(Files.readAllBytes(plain));
    JsonNode job = json(folder.resolve("small.capstan.json")).at("/job/course");
    assertThat(job).isEqualTo(json(record).at("/job/course"));
  }

  @Test
  void whatARecordWasMadeFromMustStillBeThat() throws IOException {
    Path record = folder.resolve("small.capstan.json");
    String other = Files.readString(plain.resolveSibling("small.capstan.json"));
    Files.writeString(record, other.replaceFirst("(\"source\" : \").{8}", "$100000000"));

    CommandLineRun run =
        CommandLineRun.of("compress", "--from=" + record, "-o", output().toString());

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains(runs.model() + ": is not what " + record).hasLineCount(1);
    assertThat(output()).doesNotExist();
  }

  @Test
  void aDryRunTellsWhatWouldBeDoneAndWritesNothing() {
    CommandLineRun run =
        CommandLineRun.of(
            "compress",
            runs.model().toString(),
            "--data=" + runs.images(),
            "--keep-macs=0.5",
            "--dry-run",
            "--json",
            "-o",
            output().toString());

    assertThat(run.code()).as(run.err()).isZero();
    JsonNode forecast = run.result();
    assertThat(at(forecast, "goal").asString()).isEqualTo("keep-macs 0.5");
    assertThat(at(forecast, "macs")).isEqualTo(at(plainReport, "macs/before"));
    assertThat(at(forecast, "stages").findValuesAsString("stage"))
        .containsExactly("sensitivities", "learning", "corrections", "training", "judging");
    for (String figure : List.of("forwardRuns", "seconds", "memoryBytes", "diskBytes")) {
      assertThat(at(forecast, figure).asDouble()).as(figure).isPositive();
    }
    assertThat(folder).isEmptyDirectory();
  }
}
