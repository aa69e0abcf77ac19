package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import dev.capstan.testing.FileCounter;
import dev.capstan.testing.FileCounter.Count;
import dev.capstan.testing.OnnxModels;
import dev.capstan.testing.OrtOracle.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Operators that are not known: what comes before them is compressed, the rest stays. */
final class TailCommandTest {
  @TempDir static Path shared;
  private static Path images;

  @TempDir Path folder;

  @BeforeAll
  static void writeImages() throws IOException {
    images = Samples.flat(Samples.images(shared.resolve("images"), 40), shared.resolve("flat"));
  }

  /** Boxes and their scores at 16 x 16 places. */
  private static OnnxModels detector() {
    return OnnxModels.opset(13)
        .input("x", "N", 3, 32, 32)
        .weights("w1", 16, 3, 3, 3)
        .node("Conv", "x w1", "h1", "pads", new long[] {1, 1, 1, 1}, "strides", new long[] {2, 2})
        .node("Relu", "h1", "a1")
        .weights("w2", 16, 16, 3, 3)
        .node("Conv", "a1 w2", "h2", "pads", new long[] {1, 1, 1, 1})
        .node("Relu", "h2", "a2")
        .weights("w3", 5, 16, 1, 1)
        .node("Conv", "a2 w3", "all");
  }

  private static OnnxModels withSuppression() {
    return detector()
        .longs("parts", 4, 1)
        .node("Split", "all parts", "places place_scores", "axis", 1)
        .longs("box_shape", 0, 4, 256)
        .node("Reshape", "places box_shape", "columns")
        .node("Transpose", "columns", "boxes", "perm", new long[] {0, 2, 1})
        .longs("score_shape", 0, 1, 256)
        .node("Reshape", "place_scores score_shape", "scores")
        .longs("most", 5)
        .node("NonMaxSuppression", "boxes scores most", "indices")
        .node("Cast", "indices", "selected", "to", 1)
        .output("selected");
  }

  private static Path withCustomTail(Path file, boolean weights) {
    OnnxModels model =
        detector()
            .weights("u", 1, 5, 1, 1)
            .node(
                NodeProto.newBuilder(OnnxModels.nodeProto("Decode", "all", "decoded", "level", 7))
                    .setDomain("com.acme")
                    .build());
    (weights ? model.node("Conv", "decoded u", "y") : model.node("Identity", "decoded", "y"))
        .output("y");
    ModelProto.Builder proto = model.builder();
    proto.addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("com.acme").setVersion(1));
    return OnnxModels.write(proto.build(), file);
  }

  private CommandLineRun compress(Path model, String... more) {
    CommandLineRun run = tryCompressing(model, more);
    // Of random weights nothing may be left, which has a code of its own.
    assertThat(run.code()).as(run.err()).isIn(0, 3);
    return run;
  }

  private CommandLineRun tryCompressing(Path model, String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                model.toString(),
                "--data=" + images,
                "-o",
                folder.resolve("small.onnx").toString(),
                "--learn-images=32"));
    args.addAll(List.of(more));
    return CommandLineRun.ofCompress(args);
  }

  /** Most of its multiply-accumulates come after what is not known. */
  private static Path withHeavyTail(Path file) {
    return detector()
        .longs("axis", 0)
        .node("CumSum", "all axis", "sums")
        .weights("u", 24, 5, 3, 3)
        .node("Conv", "sums u", "h3", "pads", new long[] {1, 1, 1, 1})
        .weights("v", 8, 24, 3, 3)
        .node("Conv", "h3 v", "y")
        .output("y")
        .write(file);
  }

  /** The boxes of a detector in pixels of the picture, whose size and scale are other inputs. */
  private static Path withMoreInputs(Path file) {
    return detector()
        .input("im_shape", "N", 2)
        .input("scale_factor", "N", 2)
        .node("CumSum", "im_shape axis", "sizes")
        .longs("axis", 1)
        .longs("last", 2, 3)
        .node("Unsqueeze", "sizes last", "places")
        .longs("parts", 2, 3)
        .node("Split", "all parts", "boxes rest", "axis", 1)
        .node("Mul", "boxes places", "scaled")
        .node("Unsqueeze", "scale_factor last", "scales")
        .node("Div", "scaled scales", "y")
        .output("y")
        .output("rest")
        .write(file);
  }

  private static JsonNode json(CommandLineRun run) {
    return run.result();
  }

  private static List<NodeProto> tail(Path file, String first) throws IOException {
    List<NodeProto> nodes = ModelProto.parseFrom(Files.readAllBytes(file)).getGraph().getNodeList();
    int begin = nodes.stream().map(NodeProto::getOpType).toList().indexOf(first);
    return nodes.subList(begin, nodes.size());
  }

  @Test
  void suppressionOfBoxesIsKeptAndRun() throws IOException {
    Path model = withSuppression().write(folder.resolve("model.onnx"));

    JsonNode report = json(compress(model, "--json"));

    assertThat(report.at("/macs/after").asLong())
        .isLessThanOrEqualTo(report.at("/macs/before").asLong() / 2);
    assertThat(report.at("/outputError").propertyNames())
        .containsExactlyInAnyOrder("boxes", "scores");
    // In two lists of what is found no element stands beside its like.
    assertThat(report.at("/lost/outputError").propertyNames())
        .containsExactlyInAnyOrder("boxes", "scores");
    assertThat(report.at("/lost/wholeFile").asBoolean()).isFalse();
    assertThat(report.at("/tail/reasons/0").asString()).contains("NonMaxSuppression");
    assertThat(report.at("/tail/refusal").isNull()).isTrue();
    assertThat(report.at("/verification/perOutput").size()).isEqualTo(2);
    assertThat(tail(folder.resolve("small.onnx"), "NonMaxSuppression"))
        .isEqualTo(tail(model, "NonMaxSuppression"));
  }

  @Tag("trust")
  @Test
  void aTailThatNobodyCanRunIsKeptAndToldOf() throws IOException {
    Path model = withCustomTail(folder.resolve("model.onnx"), false);

    CommandLineRun run = compress(model);

    assertThat(run.out())
        .contains("compressed up to all, what comes after is carried over unchanged; not run:")
        .contains("at least ", "1 node not counted: node 'decoded_node' (Decode)")
        .contains("latency of the part compressed, batch 1")
        .contains("at the tensors before the tail");
    assertThat(run.err())
        .contains("'decoded_node' (Decode)", "com.acme", "carried over unchanged")
        .doesNotContain(".draft");
    assertThat(tail(folder.resolve("small.onnx"), "Decode")).isEqualTo(tail(model, "Decode"));
    assertThat(folder.toFile().list((at, name) -> name.startsWith(".capstan"))).isEmpty();
  }

  /** A quotient that has no place in 64 bits: the processor stops the process that asks for it. */
  private static OnnxModels withOverflow(OnnxModels model, String least) {
    return model
        .initializer(OnnxModels.longTensor("least", Long.MIN_VALUE))
        .longs("minus", -1)
        .node("Div", least + " minus", "quotient")
        .node("Cast", "quotient", "none", "to", 1);
  }

  @Tag("trust")
  @Test
  void aTailThatEndsItsProcessIsOneLineHere() {
    OnnxModels model =
        detector()
            .longs("axis", 1)
            .node("CumSum", "all axis", "sums")
            .node("Cast", "sums", "whole", "to", 7)
            .node("Sub", "whole whole", "zeros")
            .node("Add", "zeros least", "leasts");
    Path file = withOverflow(model, "leasts").output("none").write(folder.resolve("model.onnx"));

    for (CommandLineRun run :
        List.of(tryCompressing(file), CommandLineRun.of("inspect", file.toString()))) {
      assertThat(run.code()).isEqualTo(1);
      assertThat(run.err()).contains("model.onnx: ONNX Runtime does not survive it");
    }
    assertThat(folder.toFile().list()).containsExactly("model.onnx");
  }

  /** Nodes that are computed when the file is read, ONNX Runtime would compute once more. */
  @Tag("trust")
  @Test
  void nodesThatEndAProcessAreNotTimedHere() {
    Path file =
        withOverflow(detector(), "least")
            .scalar("zero", 0)
            .node("Mul", "none zero", "nothing")
            .node("Add", "all nothing", "y")
            .output("y")
            .write(folder.resolve("model.onnx"));

    assertThat(compress(file).out()).contains("latency");
  }

  /** What the processor refuses, the part before a tail computes too. */
  @Tag("trust")
  @Test
  void anOverflowInThePartThatIsReadIsOneLine() {
    OnnxModels model =
        detector()
            .node("Cast", "all", "whole", "to", 7)
            .node("Sub", "whole whole", "zeros")
            .node("Add", "zeros least", "leasts");
    Path file =
        withOverflow(model, "leasts")
            .scalar("zero", 0)
            .node("Mul", "none zero", "nothing")
            .node("Add", "all nothing", "y")
            .output("y")
            .write(folder.resolve("model.onnx"));

    CommandLineRun run = tryCompressing(file);
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("model.onnx: ONNX Runtime does not survive it");
  }

  @Test
  void weightsAfterItAreNamed() {
    Path model = withCustomTail(folder.resolve("model.onnx"), true);

    CommandLineRun run = compress(model, "--ranks=uniform");

    assertThat(run.err()).contains("with the weights of y_node");
  }

  @Test
  void inspectTellsOfIt() {
    Path model = withCustomTail(folder.resolve("model.onnx"), true);

    CommandLineRun run = CommandLineRun.of("inspect", model.toString());

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("carried over unchanged", "(Decode)");
  }

  @Test
  void whereNothingIsBeforeItTheNodeIsNamed() {
    Path model =
        OnnxModels.opset(13)
            .input("x", "N", 3, 32, 32)
            .node("Relu", "x", "a")
            .node("CumSum", "a axis", "s")
            .longs("axis", 0)
            .weights("w", 8, 3, 3, 3)
            .node("Conv", "s w", "y")
            .output("y")
            .write(folder.resolve("model.onnx"));
    CommandLineRun run =
        CommandLineRun.of(
            "compress",
            model.toString(),
            "--data=" + images,
            "-o",
            folder.resolve("small.onnx").toString());
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("'s_node' (CumSum)", "standard operators");
  }

  @Test
  void totalsAndGoalsAreThoseOfTheWholeFile() throws IOException {
    Path model = withHeavyTail(folder.resolve("model.onnx"));
    Map<String, Tensor> image = Map.of("x", Tensor.random(1, 1, 3, 32, 32));

    CommandLineRun refused = tryCompressing(model);
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err()).contains("cannot be met", "in what is carried over");
    Matcher advice =
        Pattern.compile("ask for --keep-macs (0[.]\\d+) or more").matcher(refused.err());
    assertThat(advice.find()).as(refused.err()).isTrue();

    JsonNode report = json(compress(model, "--keep-macs=" + advice.group(1), "--json"));

    Path small = folder.resolve("small.onnx");
    Count before = FileCounter.of(model, image);
    Count after = FileCounter.of(small, image);
    PageChecks.totals(folder.resolve("small.capstan.html"), List.of(model, small), image);
    PageChecks.errorIsInTheTable(folder.resolve("small.capstan.html"), "y");
    assertThat(report.at("/macs/before").asLong()).isEqualTo(before.macs());
    assertThat(report.at("/macs/after").asLong()).isEqualTo(after.macs());
    assertThat(report.at("/parameters/before").asLong()).isEqualTo(before.parameters());
    assertThat(report.at("/parameters/after").asLong()).isEqualTo(after.parameters());
    assertThat(report.at("/goal/met").asBoolean()).isTrue();
    assertThat(report.at("/latencyMillis/whole").asBoolean()).isTrue();
    assertThat(report.at("/tail/macs").asLong())
        .isEqualTo(256L * 9 * 5 * 24 + 14 * 14 * 9 * 24 * 8);
    assertThat(report.at("/tail/uncounted").isEmpty()).isTrue();
  }

  @Test
  void anotherInputIsAskedForAndGiven() {
    Path model = withMoreInputs(folder.resolve("model.onnx"));
    String[] both = {"--input=im_shape=32,32", "--input=scale_factor=1.5", "--json"};

    assertThat(tryCompressing(model, both[0]).err()).contains("--input scale_factor=NUMBER,...");
    assertThat(tryCompressing(model, both[1]).err())
        .contains("model.onnx: the input 'im_shape' ([Nx2])", "--input im_shape=NUMBER,...");
    JsonNode report = json(compress(model, both));

    assertThat(report.at("/tail/refusal").isNull()).as(report.toString()).isTrue();
    assertThat(report.at("/latencyMillis/whole").asBoolean()).isTrue();
    assertThat(tryCompressing(model, "--input=im_shape=1,2,3", both[1]).err())
        .contains("'im_shape' of shape [Nx2] takes 2 numbers", "found 3");
    assertThat(tryCompressing(model, "--input=size=1").err())
        .contains("there is no input 'size'", "im_shape");
    assertThat(tryCompressing(model, "--input=im_shape=big").code()).isEqualTo(2);
  }

  @Test
  void inspectCountsTheWholeAndTellsWhatItTookForInputs() {
    Path heavy = withHeavyTail(folder.resolve("heavy.onnx"));
    Path more = withMoreInputs(folder.resolve("more.onnx"));
    Count count = FileCounter.of(heavy, Map.of("x", Tensor.random(1, 1, 3, 32, 32)));

    Map<String, Long> rows = FileCounter.macs(heavy, Map.of("x", Tensor.random(1, 1, 3, 32, 32)));

    JsonNode found = json(CommandLineRun.of("inspect", heavy.toString(), "--json"));
    CommandLineRun told = CommandLineRun.of("inspect", more.toString());

    assertThat(found.at("/macs").asLong()).isEqualTo(count.macs());
    assertThat(found.at("/parameters").asLong()).isEqualTo(count.parameters());
    assertThat(found.at("/layers").valueStream())
        .hasSize(rows.size())
        .allMatch(row -> row.at("/macs").asLong() == rows.get(value(row)));
    assertThat(told.out()).contains("counted with ones for im_shape", "--input NAME=NUMBER");
    assertThat(CommandLineRun.of("inspect", more.toString(), "--input=im_shape=9").out())
        .doesNotContain("ones for im_shape");
  }

  /** What a node that had no name gives: it was named after that. */
  private static String value(JsonNode row) {
    return row.at("/name").asString().replace("_node", "");
  }

  @Test
  void whereNothingCanBeCompressedTheReasonsAreTold() {
    Path model =
        OnnxModels.opset(13)
            .input("x", "N", 3, 32, 32)
            .weights("w", 8, 3, 3, 3)
            .node("Conv", "x w", "y")
            .output("y")
            .write(folder.resolve("model.onnx"));

    CommandLineRun run = tryCompressing(model);

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err())
        .contains("nothing in it can be compressed: graph output (space y_node)")
        .doesNotContain("ask for");
  }
}
