package dev.capstan.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever is wrong: one line, the right exit code, and nothing touched. */
final class BadInputTest {
  private static final String EARLIER = "an earlier result";

  @TempDir static Path shared;
  private static Path model;
  private static Path images;

  @TempDir Path folder;
  private Path output;

  @BeforeAll
  static void writeInput() {
    model = Samples.model(shared.resolve("model.onnx"), 10);
    images = Samples.images(shared.resolve("images"), 60);
  }

  @BeforeEach
  void leaveAnEarlierResult() throws IOException {
    output = Files.createDirectory(folder.resolve("results")).resolve("out.onnx");
    for (String name : List.of("out.onnx", "out.bases.safetensors", "out.capstan.json")) {
      Files.writeString(output.resolveSibling(name), EARLIER);
    }
  }

  private CommandLineRun compress(Path network, Path data, String... more) {
    List<String> args = new ArrayList<>(List.of("compress", network.toString(), "--data"));
    args.addAll(List.of(data.toString(), "-o", output.toString()));
    args.addAll(List.of(more));
    return CommandLineRun.of(args.toArray(String[]::new));
  }

  /** What a whole run does with images, in as little time as can be. */
  private static String[] withLittleWork(String... more) {
    List<String> args =
        new ArrayList<>(
            List.of("--ranks=uniform", "--method=l1", "--learn-images=32", "--fine-tune-epochs=0"));
    args.addAll(List.of(more));
    return args.toArray(String[]::new);
  }

  private static CommandLineRun evaluate(Path network, Path data, String... more) {
    List<String> args = new ArrayList<>(List.of("evaluate", network.toString(), "--data"));
    args.add(data.toString());
    args.addAll(List.of(more));
    return CommandLineRun.of(args.toArray(String[]::new));
  }

  private void assertRefused(CommandLineRun run, String... message) {
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.err()).startsWith("capstan: error: ").contains(message);
    assertThat(run.err()).doesNotContain("Exception", "(-v shows the trace)");
    assertThat(run.out()).isEmpty();
    assertThat(run.code()).isEqualTo(1);
    assertNothingTouched();
  }

  private void assertNothingTouched() {
    Map<String, String> expected = new TreeMap<>(Map.of(output.getParent().toString(), ""));
    for (String name : List.of("out.onnx", "out.bases.safetensors", "out.capstan.json")) {
      expected.put(output.resolveSibling(name).toString(), EARLIER);
    }
    assertThat(Samples.contents(output.getParent())).isEqualTo(expected);
  }

  @Test
  void aMissingModel() {
    Path absent = folder.resolve("absent.onnx");

    assertRefused(compress(absent, images), absent + ": no such file");
    assertRefused(evaluate(absent, images), absent + ": no such file");
    assertRefused(CommandLineRun.of("inspect", absent.toString()), absent + ": no such file");
  }

  @Test
  void aMissingFolderOfImages() {
    Path absent = folder.resolve("absent");

    assertRefused(compress(model, absent), absent + ": no such file or folder");
    assertRefused(compress(model, images, "--val", absent.toString()), absent + ": no such file");
    assertRefused(evaluate(model, absent), absent + ": no such file or folder");
  }

  @Test
  void anEmptyFolder() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));

    assertRefused(compress(model, empty), empty + ": no images");
    assertRefused(compress(model, images, "--val", empty.toString()), empty + ": no images");
    assertRefused(evaluate(model, empty), empty + ": no images");
  }

  @Test
  void aTextFileNamedOnnx() throws IOException {
    Path text = Files.writeString(folder.resolve("text.onnx"), "this is no model\n");

    assertRefused(compress(text, images), text.toString(), "is no ONNX model");
    assertRefused(CommandLineRun.of("inspect", text.toString()), text.toString());
  }

  @ParameterizedTest
  @CsvSource({"0", "10", "1000", "-1000", "-1"})
  void aTruncatedModel(int length) throws IOException {
    byte[] bytes = Files.readAllBytes(model);
    byte[] part = Arrays.copyOf(bytes, length < 0 ? bytes.length + length : length);
    Path truncated = Files.write(folder.resolve("part.onnx"), part);

    assertRefused(compress(truncated, images), truncated.toString());
    assertRefused(CommandLineRun.of("inspect", truncated.toString()), truncated.toString());
  }

  @Test
  void aCorruptImageAmongGoodOnesIsSkippedCountedAndNamed() throws IOException {
    Path mixed = Samples.images(folder.resolve("mixed"), 60);
    Path corrupt = mixed.resolve("disc/damaged.jpg");
    Files.write(corrupt, new byte[] {(byte) 0xff, (byte) 0xd8, (byte) 0xff, 1, 2, 3});

    CommandLineRun judged = evaluate(model, mixed, "--json");
    CommandLineRun compressed = compress(model, mixed, withLittleWork("--accept-chance", "--json"));

    assertThat(judged.code()).isZero();
    assertThat(judged.out()).contains("\"images\" : 60");
    assertThat(judged.err()).contains("skipped 1 damaged image", corrupt.toString());
    assertThat(compressed.code()).isZero();
    assertThat(compressed.err()).contains("skipped 1 damaged image", corrupt.toString());
    assertThat(compressed.out()).contains("skippedImages", corrupt.toString());
    assertThat(Files.readAllBytes(output)).isNotEqualTo(EARLIER.getBytes(UTF_8));
  }

  @Test
  void nothingButCorruptImages() throws IOException {
    Path broken = Files.createDirectory(folder.resolve("broken"));
    for (int i = 0; i < 4; i++) {
      Files.writeString(broken.resolve(i + ".jpg"), "no image");
    }

    CommandLineRun run = compress(model, broken, "--quiet");

    assertRefused(run, "more than half of the 4 images cannot be read", "0.jpg");
  }

  @Test
  void otherClassesThanTheModelHasOutputs() {
    Path seven = Samples.model(folder.resolve("seven.onnx"), 7);
    String message = "the network has 7: give images of these alone, and name them all";

    assertRefused(compress(seven, images, "--val", images.toString()), message);
    assertRefused(evaluate(seven, images), message);
  }

  @Test
  void otherClassesThanTheModelHasOutputsAmongTheImagesToLearnFrom() throws IOException {
    Path few = folder.resolve("few");
    Samples.flat(images, Files.createDirectory(few).resolve("one"));

    CommandLineRun run =
        CommandLineRun.of(
            "train",
            model.toString(),
            "--data",
            few.toString(),
            "--epochs=1",
            "-o",
            output.toString());

    assertRefused(run, "1 classes (one), the network has 10: write the names of all 10");
  }

  @Test
  void imagesSmallerThanTheCrop() {
    Path small = Samples.smallImages(folder.resolve("small"), 20, 16);

    assertRefused(
        compress(model, small, "--resize", "none"),
        small.toString(),
        "image of 16x16 pixels is smaller than the crop of 32x32");
    assertRefused(evaluate(model, small, "--resize", "none"), small.toString());
    assertThat(evaluate(model, small).code()).isZero();
  }

  @Test
  void aBudgetThatCannotBeMet() {
    assertRefused(
        compress(model, images, "--keep-macs", "0.001"), "the budget of", "cannot be met");
  }

  /** What is found out before a model is read speaks of other things than this one. */
  private Path damaged() throws IOException {
    return Files.writeString(folder.resolve("damaged.onnx"), "no model");
  }

  @Test
  void anOutputFolderThatIsNotThereIsFoundFirst() throws IOException {
    output = folder.resolve("nowhere/out.onnx");

    CommandLineRun run = compress(damaged(), images);

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.err()).contains("there is no folder " + output.getParent());
    assertThat(output.getParent()).doesNotExist();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void anOutputFolderThatCannotBeWrittenIsFoundFirst() throws IOException {
    output = Path.of("/proc/out.onnx");

    CommandLineRun run = compress(damaged(), images);

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.err()).contains("/proc/out.onnx: cannot be written");
  }

  @Test
  void afterAnUnfinishedBarTheErrorHasALineOfItsOwn() {
    Path seven = Samples.model(folder.resolve("seven.onnx"), 7);
    Map<String, String> plain = Map.of("NO_COLOR", "1");

    CommandLineRun run =
        CommandLineRun.in(plain, true, "evaluate", seven.toString(), "--data", images.toString());

    assertThat(run.err().lines().filter(line -> line.startsWith("capstan: error: " + images)))
        .hasSize(1);
  }

  @Test
  void anOutputThatIsTheModelItself() throws IOException {
    output = Files.createDirectory(folder.resolve("same")).resolve("model.onnx");
    Files.copy(model, output);
    Map<String, String> before = Samples.contents(output.getParent());

    CommandLineRun run = compress(output, images);

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains(output + ": is the model to compress");
    assertThat(Samples.contents(output.getParent())).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource({"out.onnx", "out.bases.safetensors", "out.capstan.json"})
  void aFolderInTheWayOfAnOutputFile(String name) throws IOException {
    Path obstacle = output.resolveSibling(name);
    Files.delete(obstacle);
    Files.createDirectory(obstacle);

    CommandLineRun run = compress(damaged(), images);

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains(obstacle + ": is a folder");
    assertThat(obstacle).isEmptyDirectory();
  }

  @Test
  void aMissingFileOfClasses() {
    Path absent = folder.resolve("absent.txt");

    assertRefused(
        compress(model, images, "--classes", absent.toString()), absent + ": no such file");
  }

  @Test
  void aBaselineNearChanceStopsUnlessAccepted() {
    assertRefused(
        compress(model, images, "-q"),
        "chance is 10.0 %",
        "--classes",
        "--channels",
        "--accept-chance");

    CommandLineRun accepted = compress(model, images, withLittleWork("--accept-chance"));

    assertThat(accepted.code()).isZero();
    assertThat(accepted.err()).contains("chance is 10.0 %");
  }

  @Test
  void aValidationFolderWithoutClasses() throws IOException {
    Path flat = Files.createDirectory(folder.resolve("flat"));
    Files.copy(images.resolve("disc/000003.png"), flat.resolve("a.png"));

    assertRefused(compress(model, images, "--val", flat.toString()), flat + ": expected labelled");
    assertRefused(evaluate(model, flat), flat + ": expected labelled");
  }

  @ParameterizedTest
  @CsvSource({"--features, 1", "--checkpoint, run.safetensors"})
  void howToTrainSaysNothingWhereNothingIsTrained(String option, String value) {
    CommandLineRun run = compress(model, images, "--fine-tune-epochs=0", option, value);

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains(option + " needs --fine-tune-epochs of 1 or more");
    assertNothingTouched();
  }

  @ParameterizedTest
  @CsvSource({
    "--keep-macs, 2, 'a share in (0, 1]'",
    "--keep-macs, 0, 'a share in (0, 1]'",
    "--keep-macs, NaN, 'a share in (0, 1]'",
    "--keep-macs, half, 'a share in (0, 1]'",
    "--learn-images, -1, a whole number",
    "--time, ten, 'such as 90s, 10m or 1h30m'",
    "--time, -5m, 'such as 90s, 10m or 1h30m'",
    "--forward-runs, 0, a whole number",
    "--fine-tune-epochs, -1, a whole number",
    "--fine-tune-epochs, 1.5, a whole number",
    "--rate, 0.1, needs --fine-tune-epochs",
    "--optimizer, adam, needs --fine-tune-epochs",
    "--features, 0, needs --fine-tune-epochs",
    "--threads, -1, a whole number",
    "--precision, fp8, fp32",
    "--seed, x, not a long",
    "--crop, -1, a number of pixels, or WIDTHxHEIGHT",
    "--size, -1, a whole number",
    "--std, '1,0,1', a number above 0",
    "--mean, '1,NaN,1', a number",
    "--resize, longest, shorter",
    "--layout, HWC, nhwc",
  })
  void valuesOutOfRangeAreWrongUsage(String option, String value, String expected) {
    CommandLineRun run = compress(model, images, option, value);

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("capstan: error: ").contains(option, expected);
    assertThat(run.err().lines()).hasSize(2);
    assertNothingTouched();
  }
}
