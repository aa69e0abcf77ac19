package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.op.Flatten;
import dev.capstan.graph.op.Gemm;
import dev.capstan.onnx.OnnxWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the options mean: one linear classifier is rearranged for another input, and the options
 * that say so must give the same figures.
 */
final class EvaluateCommandTest {
  private static final int SIDE = 32;
  private static final int CLASSES = 10;

  @TempDir static Path shared;
  private static Path images;
  private static JsonNode plain;

  @TempDir Path folder;

  @BeforeAll
  static void judgePlainModel() {
    images = Samples.images(shared.resolve("images"), 60);
    Path model = write(shared.resolve("plain.onnx"), (k, c, y, x) -> weight(k, c, y, x), 3, false);
    plain = judged(model);
  }

  /** Weights of class k for channel c at (y, x). */
  private interface Weights {
    double at(int k, int c, int y, int x);
  }

  private static double weight(int k, int c, int y, int x) {
    long seed = ((k * 3L + c) * SIDE + y) * SIDE + x;
    return 0.05 * (new SplittableRandom(seed).nextDouble() - 0.5) * (1 + c);
  }

  private static Path write(Path file, Weights weights, int channels, boolean last) {
    long[] sizes = last ? new long[] {SIDE, SIDE, channels} : new long[] {channels, SIDE, SIDE};
    float[] values = new float[CLASSES * channels * SIDE * SIDE];
    for (int i = 0; i < values.length; i++) {
      int pixel = last ? i / channels : i;
      int c = last ? i % channels : i / (SIDE * SIDE) % channels;
      int k = i / (channels * SIDE * SIDE);
      values[i] = (float) weights.at(k, c, pixel / SIDE % SIDE, pixel % SIDE);
    }
    Constant kernel = Constant.of(values, CLASSES, values.length / CLASSES);
    OnnxWriter.write(graph(kernel, sizes), file);
    return file;
  }

  private static Graph graph(Constant kernel, long... sizes) {
    List<Dim> dims = new ArrayList<>(List.of(Dim.open("N")));
    dims.addAll(Shape.of(sizes).dims());
    return Graph.builder("linear")
        .input("image", new TensorType(DataType.FLOAT32, new Shape(dims)))
        .constant("kernel", kernel)
        .node(new Flatten(1), "flat", "image")
        .node(new Node("scores", Gemm.LINEAR, List.of("flat", "kernel"), List.of("scores")))
        .output(
            "scores",
            new TensorType(DataType.FLOAT32, new Shape(List.of(Dim.open("N"), Dim.of(CLASSES)))))
        .build();
  }

  private static JsonNode judged(Path model, String... more) {
    List<String> args = new ArrayList<>(List.of("evaluate", model.toString(), "--json"));
    args.addAll(List.of("--data", images.toString()));
    args.addAll(List.of(more));
    CommandLineRun run = CommandLineRun.of(args.toArray(String[]::new));
    assertThat(run.code()).as(run.err()).isZero();
    return JsonMapper.shared().readTree(run.out());
  }

  private static void assertSame(JsonNode found) {
    assertThat(loss(found)).isCloseTo(loss(plain), within(1e-4));
    assertThat(found.at("/top1")).isEqualTo(plain.at("/top1"));
    assertThat(found.at("/top5")).isEqualTo(plain.at("/top5"));
  }

  private static void assertOther(JsonNode found) {
    assertThat(Math.abs(loss(found) - loss(plain))).isGreaterThan(1e-3);
  }

  private static double loss(JsonNode found) {
    return found.at("/loss").asDouble();
  }

  private Path model(Weights weights) {
    return write(folder.resolve("model.onnx"), weights, 3, false);
  }

  @Test
  void saysItsFigures() {
    assertThat(plain.propertyNames())
        .containsExactly(
            "top1",
            "top5",
            "loss",
            "outputError",
            "agreement",
            "divergence",
            "metric",
            "images",
            "latencyMillis",
            "missed",
            "skippedImages");
    assertThat(plain.at("/images").asLong()).isEqualTo(60);
    assertThat(plain.at("/top5").asDouble()).isGreaterThanOrEqualTo(plain.at("/top1").asDouble());
  }

  @Test
  void aNetworkThatTakesBlueFirst() {
    Path bgr = model((k, c, y, x) -> weight(k, 2 - c, y, x));
    String mean = "--mean=0.406,0.456,0.485";
    String std = "--std=0.225,0.224,0.229";

    assertSame(judged(bgr, "--channels=bgr", mean, std));
    assertOther(judged(bgr, mean, std));
  }

  @Test
  void aNetworkThatTakesBytes() {
    Path same = model(EvaluateCommandTest::weight);
    String mean = "--mean=123.675,116.28,103.53";
    String std = "--std=58.395,57.12,57.375";

    assertSame(judged(same, "--range=byte", mean, std));
    // What is usual goes with the range; numbers of the other one do not.
    assertSame(judged(same, "--range=byte"));
    assertOther(
        judged(same, "--range=byte", "--mean=0.485,0.456,0.406", "--std=0.229,0.224,0.225"));
  }

  @Test
  void aNetworkThatTakesChannelsLast() {
    Path last = write(folder.resolve("last.onnx"), EvaluateCommandTest::weight, 3, true);

    assertSame(judged(last));
    assertSame(judged(last, "--layout=nhwc"));
  }

  @Test
  void aGrayNetwork() {
    Path gray = write(folder.resolve("gray.onnx"), EvaluateCommandTest::weight, 1, false);

    JsonNode found = judged(gray, "--mean=0.5", "--std=0.25");

    assertThat(loss(found)).isPositive();
    assertOther(found);
  }

  @Test
  void otherStatistics() {
    assertOther(judged(model(EvaluateCommandTest::weight), "--mean=0,0,0", "--std=1,1,1"));
  }

  @Test
  void anotherOrderOfTheClasses() throws IOException {
    List<String> names;
    try (var folders = Files.list(images)) {
      names = folders.map(path -> path.getFileName().toString()).sorted().toList();
    }
    List<String> turned = IntStream.range(0, 10).mapToObj(k -> names.get((k + 3) % 10)).toList();
    Path classes = Files.write(folder.resolve("classes.txt"), turned);
    Path other = model((k, c, y, x) -> weight((k + 3) % 10, c, y, x));

    assertSame(judged(other, "--classes", classes.toString()));
    assertOther(judged(other));
  }

  private CommandLineRun checked(Path model, String... limits) {
    List<String> args = new ArrayList<>(List.of("evaluate", model.toString(), "-q"));
    args.addAll(List.of("--data", images.toString(), "--original"));
    args.add(shared.resolve("plain.onnx").toString());
    args.addAll(List.of(limits));
    return CommandLineRun.of(args.toArray(String[]::new));
  }

  @Test
  void aModelThatIsItsOriginalMissesNothing() {
    CommandLineRun run =
        checked(
            model(EvaluateCommandTest::weight),
            "--min-agreement=1",
            "--max-error=0.0001",
            "--max-latency-ratio=100");

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).contains("agreement 1.0000", "latency", "top-1");
  }

  /** One line names all of them, each with its limit. */
  @Test
  void whatIsMissedIsNamed() {
    Path other = model((k, c, y, x) -> weight(k + 1, c, y, x));

    CommandLineRun run =
        checked(
            other,
            "--min-agreement=0.99",
            "--max-error=0.5",
            "--min-top1=99.5",
            "--max-latency-ratio=0.0001");

    assertThat(run.code()).as(run.err()).isEqualTo(3);
    assertThat(run.err())
        .hasLineCount(1)
        .startsWith("MISSED: ")
        .containsPattern("top-1 [0-9.]+ is [0-9.e+]+ below --min-top1 99.5")
        .contains("below --min-agreement 0.99", "above --max-error 0.5", "--max-latency-ratio");
  }

  @Test
  void anOriginalJudgesWithoutLabels() throws IOException {
    Path flat = Samples.flat(images, folder.resolve("flat"));
    String model = model(EvaluateCommandTest::weight).toString();
    String original = shared.resolve("plain.onnx").toString();
    String[] command = {"evaluate", model, "--data=" + flat, "--original=" + original};

    assertThat(CommandLineRun.of(command).out()).startsWith("agreement 1.0000");

    CommandLineRun refused = CommandLineRun.of("evaluate", model, "--data=" + flat, "--min-top1=1");
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err()).contains("expected labelled images");
  }

  @Test
  void limitsThatNeedAnOriginalSaySo() {
    CommandLineRun run =
        CommandLineRun.of(
            "evaluate",
            model(EvaluateCommandTest::weight).toString(),
            "--data=" + images,
            "--max-error=0.1");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("name it with --original").hasLineCount(1);
  }
}
