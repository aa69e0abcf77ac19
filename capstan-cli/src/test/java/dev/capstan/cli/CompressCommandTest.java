package dev.capstan.cli;

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
import dev.capstan.pipeline.input.SourceModel;
import dev.capstan.recipe.Method;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

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
  private static Path model;
  private static Path images;
  private static Path plain;
  private static JsonNode plainReport;

  @TempDir Path folder;

  @BeforeAll
  static void writeInput() throws IOException {
    model = Samples.model(shared.resolve("model.onnx"), 10);
    images = Samples.images(shared.resolve("images"), 100);
    plain = Files.createDirectory(shared.resolve("plain")).resolve("small.onnx");
    plainReport = compressTo(plain, model, images, "--json").result();
  }

  private CommandLineRun compress(Path network, Path data, String... more) {
    return compressTo(output(), network, data, more);
  }

  private static CommandLineRun compressTo(Path output, Path network, Path data, String... more) {
    List<String> args = new ArrayList<>(List.of(network.toString(), "--data"));
    args.addAll(List.of(data.toString(), "-o", output.toString(), "--accept-chance"));
    args.addAll(List.of(more));
    if (args.stream().noneMatch(arg -> arg.startsWith("--learn-images"))) {
      args.add("--learn-images=80");
    }
    CommandLineRun run = CommandLineRun.ofCompress(args);
    // Of random weights nothing may be left, which has a code of its own.
    assertThat(run.code()).as(run.err()).isIn(0, 3);
    return run;
  }

  private Path output() {
    return folder.resolve("small.onnx");
  }

  private static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text);
  }

  private static JsonNode at(JsonNode report, String path) {
    JsonNode found = report.at("/" + path);
    assertThat(found.isMissingNode()).as(path).isFalse();
    return found;
  }

  @Test
  void saysEverythingAsJson() {
    JsonNode report =
        compress(
                model,
                images,
                "--json",
                "--val",
                images.toString(),
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
        .isEqualTo("{\"calibration\":80,\"learning\":96,\"refit\":80,\"fineTuning\":128}");
    assertThat(at(report, "seed").asLong()).isEqualTo(7);
  }

  /** The result is written in any case; that it is too bad is told by the exit code. */
  @ParameterizedTest
  @CsvSource({
    "--max-error=0.9999,0",
    "--max-error=0.0001,3",
    "--min-agreement=0.01,0",
    "--min-agreement=1,3"
  })
  void whatMayBeLostIsChecked(String limit, int code) {
    Path trained = Samples.trainedModel(folder.resolve("trained.onnx"));
    Path flat = folder.resolve("flat");
    CommandLineRun run =
        CommandLineRun.of(
            "compress",
            trained.toString(),
            "--data=" + Samples.images(flat, 60),
            "-o",
            output().toString(),
            "--method=activation",
            "--ranks=uniform",
            "--refit=off",
            "--re-estimate=off",
            "--keep-macs=0.6",
            "--fine-tune-epochs=0",
            "-q",
            limit);

    assertThat(run.code()).as(run.err()).isEqualTo(code);
    assertThat(output()).exists();
    assertThat(run.out()).startsWith("lost, on 12 images that nothing was learned from");
    assertThat(run.out().contains("MISSED: the result is worse")).isEqualTo(code == 3);
    assertThat(run.err().contains("WARNING: ")).isEqualTo(run.out().contains("WARNING: "));
    if (code == 3) {
      assertThat(run.err()).contains(limit.substring(0, limit.indexOf('=')));
    }
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

  @Test
  void endsWithATable() {
    CommandLineRun run = compress(model, images, "--val", images.toString());

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
  }

  @Test
  void theRecordHoldsTheResolvedConfigurationAndTheResult() throws IOException {
    String report =
        compress(
                model,
                images,
                "--json",
                "--keep-macs=0.6",
                "--channels=bgr",
                "--method=activation",
                "--ranks=uniform")
            .out();

    JsonNode saved = json(Files.readString(folder.resolve("small.capstan.json")));

    assertThat(saved).isEqualTo(json(report));
    assertThat(at(saved, "source").asString()).isEqualTo(SourceModel.read(model).sha256());
    assertThat(at(saved, "job/course/ranks/goal/amount").asDouble()).isEqualTo(0.6);
    assertThat(at(saved, "job/setup/model").asString()).endsWith(model.toString());
    assertThat(at(saved, "preprocessing/channelOrder").asString()).isEqualTo("BGR");
    assertThat(at(saved, "preprocessing/height").asInt()).isEqualTo(32);
    assertThat(at(saved, "preprocessing/layout").asString()).isEqualTo("NCHW");
    assertThat(at(saved, "classes").get(0).asString()).isEqualTo("checker");
    assertThat(OnnxReader.read(output()).metadata().properties().get("capstan.preprocessing"))
        .contains("channels=bgr", "range=unit", "mean=0.485,0.456,0.406");
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

  private static void assertSameConstants(Graph expected, Graph found) {
    assertThat(found.constants().keySet()).isEqualTo(expected.constants().keySet());
    expected
        .constants()
        .forEach(
            (name, constant) ->
                assertThat(constant.sameAs(found.constants().get(name))).as(name).isTrue());
  }

  /** The file stays one for a single image, and what is learned is what an open batch teaches. */
  @Test
  void aBatchFixedToOneStaysSo() {
    Path fixed = folder.resolve("fixed.onnx");
    OnnxWriter.write(withBatchOfOne(OnnxReader.read(model)), fixed);

    compress(fixed, images);

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

  @Test
  void imagesNeedNoLabels() throws IOException {
    Path flat = Samples.flat(images, folder.resolve("flat"));

    JsonNode report = compress(model, flat, "--json", "--val", images.toString()).result();

    assertThat(at(report, "top1/projected").isNumber()).isTrue();
    assertThat(at(report, "imagesSeen/learning").asLong()).isEqualTo(80);
  }

  @Test
  void fewImagesSuffice() throws IOException {
    Path few = Samples.flat(Samples.images(folder.resolve("few"), 3), folder.resolve("flat"));

    JsonNode report = compress(model, few, "--json", "--fine-tune-epochs=1").result();

    assertThat(at(report, "verification/inputs").asInt()).isGreaterThan(2);
  }

  @Test
  void anotherSeedGivesAnotherResult() {
    Graph first = OnnxReader.read(plain);
    compress(model, images, "--seed=2");

    Graph other = OnnxReader.read(output());
    assertThat(first.constants())
        .anySatisfy(
            (name, constant) ->
                assertThat(constant.sameAs(other.constants().get(name))).as(name).isFalse());
  }

  @ParameterizedTest
  @MethodSource("dev.capstan.recipe.Method#all")
  void everyMethodKeepsTheBudget(Method method) {
    JsonNode report =
        compress(model, images, "--json", "--ranks=uniform", "--method=" + method).result();

    assertThat(at(report, "method").asString()).isEqualTo(method.toString());
    assertThat(at(report, "macs/after").asLong())
        .isLessThanOrEqualTo(at(report, "macs/before").asLong() / 2);
  }

  @Test
  void methodsThatSeeNoImagesSaySo() {
    JsonNode report =
        compress(
                model,
                images,
                "--json",
                "--method=l1",
                "--ranks=uniform",
                "--refit=off",
                "--re-estimate=off")
            .result();

    assertThat(at(report, "imagesSeen").toString())
        .isEqualTo("{\"calibration\":0,\"learning\":0,\"refit\":0,\"fineTuning\":0}");
  }

  @Test
  void fewImagesAreSeenOften() {
    JsonNode report =
        compress(
                model,
                images,
                "--json",
                "--few-images",
                "--learn-images=240",
                "--ranks=uniform",
                "--refit=off",
                "--re-estimate=off")
            .result();

    assertThat(at(report, "imagesSeen/learning").asLong()).isIn(0L, 240L);
  }

  @Test
  void aBudgetOfParametersIsKept() {
    JsonNode report =
        compress(model, images, "--json", "--keep-parameters=0.6", "--method=activation").result();

    double kept =
        at(report, "parameters/after").asDouble() / at(report, "parameters/before").asDouble();
    assertThat(kept).isLessThanOrEqualTo(0.6);
    assertThat(at(report, "goal/reached").asDouble()).isEqualTo(kept);
  }

  @Test
  void theRanksOfAPlanAreTaken() {
    Path plan = folder.resolve("plan.json");
    CommandLineRun planned =
        CommandLineRun.of(
            "plan", model.toString(), "--data=" + images, "--keep-macs=0.7", "-o", plan.toString());
    assertThat(planned.code()).as(planned.err()).isZero();

    JsonNode report =
        compress(model, images, "--json", "--plan=" + plan, "--method=activation").result();

    JsonNode spaces = json(Samples.contents(plan).get(plan.toString())).at("/spaces");
    at(report, "ranks")
        .properties()
        .forEach(
            space ->
                assertThat(space.getValue()).isEqualTo(spaces.get(space.getKey()).at("/rank")));
  }

  /** What is missing comes before what would be written beside it. */
  @Test
  void aModelThatIsNotThereIsNamed() {
    CommandLineRun run = CommandLineRun.of("compress", "/no/such.onnx", "--data=" + images);

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("/no/such.onnx: no such file").hasLineCount(1);
  }

  /** The two paths are enough, and what is there stays there. */
  @Test
  void oneCommandIsEnough() throws IOException {
    Path given = Files.copy(model, folder.resolve("shapes.onnx"));
    Path photos = Samples.flat(Samples.images(folder.resolve("few"), 30), folder.resolve("flat"));
    String[] command = {"compress", given.toString(), "--data=" + photos};
    Path small = Files.writeString(folder.resolve("shapes-small.onnx"), "the user's own");

    CommandLineRun refused = CommandLineRun.of(command);

    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err()).contains(small + ": is there already", "--force").hasLineCount(1);
    assertThat(small).hasContent("the user's own");

    Files.delete(small);
    CommandLineRun run = CommandLineRun.of(command);

    assertThat(run.err()).contains("a try of 0.50 of the MACs: agreement");
    JsonNode goal =
        json(Files.readString(folder.resolve("shapes-small.capstan.json"))).at("/result/goal");
    assertThat(goal.at("/asked").asString()).isEqualTo("auto 0.95");
    assertThat(run.code()).isEqualTo(goal.at("/reached").asDouble() >= 0.95 ? 0 : 3);
    assertThat(OnnxReader.read(small).nodes()).isNotEmpty();
  }

  @Test
  void oneGoalAtMost() {
    CommandLineRun run =
        CommandLineRun.of(
            "compress",
            model.toString(),
            "--data=" + images,
            "--keep-macs=0.5",
            "--max-drop=1",
            "-o",
            output().toString());

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("expected one goal, found --keep-macs 0.5 and --max-drop 1.0");
    assertThat(output()).doesNotExist();
  }

  @Test
  void aResultThatLosesTooMuchIsWrittenAndSaysSo() {
    Path judged = Samples.images(folder.resolve("judged"), 40);
    // Trained on noise the network forgets what the shapes looked like, which no short try shows.
    Path noise = Samples.noise(folder.resolve("noise"), 32);
    CommandLineRun run =
        CommandLineRun.of(
            "compress",
            Samples.trainedModel(folder.resolve("demo.onnx")).toString(),
            "--data=" + noise,
            "--val=" + judged,
            "--max-drop=0",
            "--method=activation",
            "--ranks=uniform",
            "--fine-tune-epochs=2",
            "--json",
            "-o",
            output().toString());

    assertThat(run.code()).as(run.err()).isEqualTo(3);
    JsonNode report = run.result();
    assertThat(at(report, "goal/met").asBoolean()).isFalse();
    assertThat(at(report, "goal/reached").asDouble()).isPositive();
    assertThat(run.err()).contains("try 5 of 5");
    assertThat(output()).isRegularFile();
  }

  @Test
  void aDryRunTellsWhatWouldBeDoneAndWritesNothing() {
    CommandLineRun run =
        CommandLineRun.of(
            "compress",
            model.toString(),
            "--data=" + images,
            "--keep-macs=0.5",
            "--dry-run",
            "--json",
            "-o",
            output().toString());

    assertThat(run.code()).as(run.err()).isZero();
    JsonNode forecast = json(run.out());
    assertThat(at(forecast, "goal").asString()).isEqualTo("keep-macs 0.5");
    assertThat(at(forecast, "macs")).isEqualTo(at(plainReport, "macs/before"));
    assertThat(at(forecast, "stages").findValuesAsString("stage"))
        .containsExactly("sensitivities", "learning", "corrections", "training", "judging");
    for (String figure : List.of("forwardRuns", "seconds", "memoryBytes", "diskBytes")) {
      assertThat(at(forecast, figure).asDouble()).as(figure).isPositive();
    }
    assertThat(folder).isEmptyDirectory();
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
    JsonNode job = json(Files.readString(folder.resolve("small.capstan.json"))).at("/job/course");
    assertThat(job).isEqualTo(json(Files.readString(record)).at("/job/course"));
  }

  @Test
  void whatARecordWasMadeFromMustStillBeThat() throws IOException {
    Path record = folder.resolve("small.capstan.json");
    String other = Files.readString(plain.resolveSibling("small.capstan.json"));
    Files.writeString(record, other.replaceFirst("(\"source\" : \").{8}", "$100000000"));

    CommandLineRun run =
        CommandLineRun.of("compress", "--from=" + record, "-o", output().toString());

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains(model + ": is not what " + record).hasLineCount(1);
    assertThat(output()).doesNotExist();
  }
}
