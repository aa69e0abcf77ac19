package dev.capstan.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.capstan.graph.Graph;
import dev.capstan.metric.Metric;
import dev.capstan.onnx.OnnxReader;
import dev.capstan.testing.OnnxModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Networks whose outputs are no classes: judged by what the original gives, or by a metric. */
final class NoClassesTest {
  private static final Path EXAMPLE = Path.of("..", "docs", "examples", "metric");

  @TempDir static Path shared;
  private static Path model;
  private static Path labelled;
  private static Path flat;
  private static Path metric;

  @TempDir Path folder;

  @BeforeAll
  static void writeInput() throws IOException {
    model = twoHeads("N", 32, 32).write(shared.resolve("model.onnx"));
    labelled = Samples.images(shared.resolve("images"), 80);
    flat = Samples.flat(labelled, shared.resolve("flat"));
    metric = compiledExample(shared.resolve("classes"));
  }

  /** A mask and a smaller map of features. */
  private static OnnxModels twoHeads(Object batch, Object height, Object width) {
    return OnnxModels.opset(13)
        .input("x", batch, 3, height, width)
        .weights("w1", 16, 3, 3, 3)
        .node("Conv", "x w1", "h1", "pads", new long[] {1, 1, 1, 1})
        .node("Relu", "h1", "a1")
        .weights("w2", 16, 16, 3, 3)
        .node("Conv", "a1 w2", "h2", "pads", new long[] {1, 1, 1, 1})
        .node("Relu", "h2", "a2")
        .weights("w3", 2, 16, 1, 1)
        .node("Conv", "a2 w3", "mask")
        .weights("w4", 4, 16, 3, 3)
        .node("Conv", "a2 w4", "map", "strides", new long[] {2, 2})
        .output("mask")
        .output("map");
  }

  /** 16 numbers that are no logits. */
  private static OnnxModels embedding() {
    return OnnxModels.opset(13)
        .input("x", "N", 3, 32, 32)
        .weights("w1", 16, 3, 3, 3)
        .node("Conv", "x w1", "h1", "pads", new long[] {1, 1, 1, 1})
        .node("Relu", "h1", "a1")
        .weights("w2", 32, 16, 3, 3)
        .node("Conv", "a1 w2", "h2", "strides", new long[] {2, 2})
        .node("Relu", "h2", "a2")
        .node("GlobalAveragePool", "a2", "p")
        .node("Flatten", "p", "f")
        .weights("w3", 32, 16)
        .node("MatMul", "f w3", "e")
        .output("e");
  }

  private static Path compiledExample(Path classes) throws IOException {
    Files.createDirectories(classes.resolve("META-INF/services"));
    int failed =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                classes.toString(),
                EXAMPLE.resolve("Sharpness.java").toString());
    assertThat(failed).isZero();
    String service = "META-INF/services/" + Metric.class.getName();
    Files.copy(EXAMPLE.resolve(service), classes.resolve(service));
    return classes;
  }

  private static CommandLineRun run(String command, Object... args) {
    List<String> all = new ArrayList<>(List.of(command));
    for (Object arg : args) {
      all.add(arg.toString());
    }
    return CommandLineRun.of(all.toArray(String[]::new));
  }

  private static JsonNode json(CommandLineRun run) {
    assertThat(run.code()).as(run.err()).isZero();
    return run.result();
  }

  private CommandLineRun compress(Path network, Path data, Object... more) {
    List<String> args = new ArrayList<>(List.of(network.toString(), "--data=" + data));
    args.addAll(List.of("-o", folder.resolve("small.onnx").toString(), "--learn-images=64"));
    for (Object arg : more) {
      args.add(arg.toString());
    }
    return CommandLineRun.ofCompress(args);
  }

  private static void assertErrors(JsonNode report, String... outputs) {
    assertThat(report.at("/outputError").propertyNames()).containsExactly(outputs);
    for (String output : outputs) {
      JsonNode errors = report.at("/outputError/" + output);
      assertThat(errors.at("/baseline").asDouble(-1)).isZero();
      assertThat(errors.at("/projected").asDouble()).isBetween(1e-6, 1.0);
    }
    assertThat(report.at("/top1/baseline").isNull()).isTrue();
  }

  @Test
  void compressesFromImagesAlone() {
    JsonNode report = json(compress(model, flat, "--json", "--fine-tune-epochs=2"));

    assertErrors(report, "mask", "map");
    assertThat(report.at("/outputError/mask/fineTuned").isNumber()).isTrue();
    assertThat(report.at("/macs/after").asLong())
        .isLessThanOrEqualTo(report.at("/macs/before").asLong() / 2);
    // What judges is held out from every stage.
    assertThat(report.at("/imagesSeen/fineTuning").asLong()).isEqualTo(2 * 64);
  }

  /** Channels that become pixels go in fours; they alone are compressed here. */
  @Test
  void compressesWhatBecomesPixels() {
    Path upscaling =
        OnnxModels.opset(13)
            .input("x", "N", 3, 32, 32)
            .node("SpaceToDepth", "x", "h0", "blocksize", 2)
            .weights("w1", 16, 12, 3, 3)
            .node("Conv", "h0 w1", "h1", "pads", new long[] {1, 1, 1, 1})
            .node("Relu", "h1", "a1")
            .weights("w2", 64, 16, 3, 3)
            .weights("b2", 64)
            .node("Conv", "a1 w2 b2", "h2", "pads", new long[] {1, 1, 1, 1})
            .node("Relu", "h2", "a2")
            .node("DepthToSpace", "a2", "up", "blocksize", 2, "mode", "CRD")
            .weights("w3", 3, 16, 3, 3)
            .node("Conv", "up w3", "image", "pads", new long[] {1, 1, 1, 1})
            .weights("colours", 2, 3)
            .node("Einsum", "image colours", "mask", "equation", "bchw,dc->bdhw")
            .output("mask")
            .write(folder.resolve("upscaling.onnx"));

    JsonNode report =
        json(compress(upscaling, flat, "--json", "--fine-tune-epochs=1", "--include=h2_node"));

    assertErrors(report, "mask");
    Graph small = OnnxReader.read(folder.resolve("small.onnx"));
    String kernel = requireNonNull(small.producer("h2")).inputs().get(1);
    assertThat(requireNonNull(small.constant(kernel)).size(0)).isIn(16, 32);
    assertThat(report.at("/macs/after").asLong())
        .isLessThanOrEqualTo(report.at("/macs/before").asLong() / 2);
  }

  @Test
  void labelsAreNoHindrance() {
    JsonNode report =
        json(compress(model, labelled, "--json", "--val", labelled, "--fine-tune-epochs=1"));

    assertErrors(report, "mask", "map");
    assertThat(report.at("/imagesSeen/fineTuning").asLong()).isEqualTo(64);
  }

  @Test
  void anEmbeddingSaysSoOnce() {
    Path network = embedding().write(folder.resolve("embedding.onnx"));
    JsonNode report = json(compress(network, labelled, "--outputs=values", "--json"));

    assertErrors(report, "e");
    // The result's metadata remembers it.
    Path small = folder.resolve("small.onnx");
    assertThat(run("evaluate", small, "--data=" + labelled).err()).contains("no classes");
    json(run("evaluate", small, "--data=" + flat, "--original=" + network, "--json"));
  }

  @Test
  void twoOutputsCannotBeClasses() {
    CommandLineRun run = compress(model, flat, "--outputs=classes");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains(model + ": expected one output of shape N x classes");
    assertThat(run.err()).hasLineCount(1);
  }

  @Test
  void trainsTowardsATeacher() {
    json(compress(model, flat, "--json", "--refit=off"));
    Path small = folder.resolve("small.onnx");
    List<Object> args = List.of(small, "--data=" + labelled, "--val=" + flat, "--epochs=3");
    List<Object> taught = new ArrayList<>(args);
    taught.addAll(List.of("--teacher=" + model, "-o", folder.resolve("out.onnx"), "--json"));
    JsonNode report = json(run("train", taught.toArray()));

    assertThat(report.at("/after/outputError/map").asDouble())
        .isLessThan(report.at("/before/outputError/map").asDouble());
    List<Object> alone = new ArrayList<>(args);
    alone.addAll(List.of("-o", folder.resolve("out2.onnx")));
    CommandLineRun run = run("train", alone.toArray());
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err().lines()).last().asString().contains("error:", "no classes", "--teacher");
  }

  @Test
  void theTableNamesTheOutputs() {
    CommandLineRun run = compress(model, flat, "--ranks=uniform");

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out())
        .contains("error of 'mask' after projection", "error of 'map' after projection")
        .doesNotContain("top-1");
  }

  @Test
  void plans() {
    JsonNode plan = json(run("plan", model, "--data=" + labelled, "--json"));
    assertThat(plan.at("/rise").asDouble()).isPositive();
  }

  @Test
  void comparesByErrors() throws IOException {
    Path out = folder.resolve("out");
    CommandLineRun run =
        run(
            "compare",
            model,
            "--data=" + flat,
            "--out=" + out,
            "--methods=l1,taylor",
            "--keep-macs=0.6",
            "--ranks=uniform",
            "--fine-tune-epochs=1");

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("output error");
    assertThat(Files.readString(out.resolve("results.svg"))).contains("output error");
  }

  @Test
  void evaluatesAgainstTheOriginal() {
    Path small = folder.resolve("small.onnx");
    JsonNode report =
        json(compress(model, flat, "--json", "--val", flat, "--refit=off", "--re-estimate=off"));

    JsonNode found =
        json(run("evaluate", small, "--data=" + flat, "--original=" + model, "--json"));
    assertThat(found.at("/outputError/mask").asDouble())
        .isCloseTo(report.at("/outputError/mask/projected").asDouble(), withinPercentage(1));
    CommandLineRun alone = run("evaluate", small, "--data=" + flat);
    assertThat(alone.code()).isEqualTo(1);
    assertThat(alone.err().lines()).last().asString().contains("error:", "--original", "--metric");
  }

  @Test
  void aMetricOfTheUsersOwn() {
    JsonNode report =
        json(
            compress(
                model,
                flat,
                "--json",
                "--metric=sharpness",
                "--metric-jar=" + metric,
                "--val",
                flat));
    JsonNode evaluated =
        json(
            run(
                "evaluate",
                model,
                "--data=" + flat,
                "--metric=sharpness",
                "--metric-jar=" + metric,
                "--json"));

    assertThat(report.at("/metric/name").asString()).isEqualTo("sharpness");
    double baseline = report.at("/metric/stages/baseline").asDouble();
    assertThat(baseline).isPositive().isEqualTo(evaluated.at("/metric").asDouble());
    assertThat(report.at("/metric/stages/projected").asDouble())
        .isPositive()
        .isNotEqualTo(baseline);
  }

  @Test
  void anUnknownMetricNamesTheKnownOnes() {
    CommandLineRun run = compress(model, flat, "--metric=psnr", "--metric-jar=" + metric);

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.err()).contains("no metric is named 'psnr', found sharpness");
    assertThat(compress(model, flat, "--metric=psnr").err()).contains("found none");
  }

  @Test
  void sizesThatAModelLeavesOpen() {
    Path open = twoHeads("n", "height", "width").write(folder.resolve("open.onnx"));

    JsonNode report = json(compress(open, flat, "--json", "--crop=16", "--size=16"));

    // Three layers of 16 x 16 outputs, one of 7 x 7.
    assertThat(report.at("/macs/before").asLong())
        .isEqualTo(256 * (16 * 27 + 16 * 144 + 32) + 49 * 4 * 144);
    assertThat(OnnxReader.read(folder.resolve("small.onnx")).inputs().get(0).type().shape())
        .hasToString("[nx3xheightxwidth]");
    assertThat(run("inspect", open, "--crop=16").out()).contains(" MACs, ");
    CommandLineRun told = compress(open, flat, "--crop=16", "--size=16", "--ranks=uniform");
    assertThat(told.err()).contains("told for 16 x 16 pixels");
  }

  /**
   * Two paths are enough: the size is chosen, told, and kept for a run or a look of another day.
   */
  @Test
  void aSizeThatNobodySaysIsTheImages() {
    Path open = twoHeads("n", "height", "width").write(folder.resolve("open.onnx"));

    CommandLineRun run = compress(open, flat, "--ranks=uniform", "--json");

    assertThat(run.err()).contains("32 x 32 pixels (that of all", "--crop WIDTHxHEIGHT");
    assertThat(run.code()).isZero();
    JsonNode record = JsonMapper.shared().readTree(run.out());
    assertThat(record.at("/job/setup/images/input/crop/height").asInt()).isEqualTo(32);
    Path small = folder.resolve("small.onnx");
    assertThat(OnnxReader.read(small).metadata().properties().get("capstan.preprocessing"))
        .endsWith("crop=32x32");
    assertThat(run("verify", small).code()).isZero();
    assertThat(run("evaluate", small, "--data=" + flat, "--original=" + open).err())
        .contains("told for 32 x 32 pixels")
        .doesNotContain("--crop");
  }

  @Test
  void severalInputsAreRefused() {
    Path two =
        twoHeads("N", 32, 32)
            .input("scale", 1)
            .node("Mul", "mask scale", "y")
            .output("y")
            .write(folder.resolve("two.onnx"));
    CommandLineRun run = compress(two, flat);
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err())
        .contains("(x, scale)", "numpy.savez(file, x=..., scale=...)", "--input scale=NUMBER")
        .hasLineCount(1);
  }
}
