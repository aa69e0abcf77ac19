package dev.capstan.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/**
 * The figures on CIFAR-10's JPEG files: {@code ./mvnw verify -Dcifar=FOLDER -Dweights=FOLDER}, both
 * as absolute paths; {@code cifar} holds {@code train/CLASS/*.jpg} and {@code test/CLASS/*.jpg}.
 */
@Tag("figures")
final class FiguresTest {
  @TempDir Path folder;

  private static Path given(String property) {
    return Path.of(
        requireNonNull(System.getProperty(property), () -> "give -D" + property + "=FOLDER"));
  }

  private Path converted(String architecture, String weights) {
    Path model = folder.resolve(architecture + ".onnx");
    String from = given("weights").resolve(weights).toString();
    CommandLineRun run =
        CommandLineRun.of("convert", architecture, "--weights", from, "-o", model.toString());
    assertThat(run.code()).as(run.err()).isZero();
    return model;
  }

  private static JsonNode result(String... args) {
    CommandLineRun run = CommandLineRun.of(args);
    assertThat(run.code()).as(run.err()).isZero();
    return run.result();
  }

  // JPEG decoders differ a little.
  @ParameterizedTest
  @CsvSource({
    "resnet20, resnet20-jpeg.safetensors, 88.3",
    "resnet20, resnet20-12fca82f.th, 81.0",
    "resnet56, resnet56-4bfd9763.th, 83.2",
  })
  void baselines(String architecture, String weights, double top1) {
    String test = given("cifar").resolve("test").toString();

    JsonNode found =
        result("evaluate", converted(architecture, weights).toString(), "--data", test, "--json");

    assertThat(found.at("/images").asLong()).isEqualTo(10_000);
    assertThat(found.at("/top1").asDouble()).isCloseTo(top1, within(0.3));
  }

  @Test
  void halfOfResNet20WithoutFineTuning() {
    JsonNode report =
        result(
            "compress",
            converted("resnet20", "resnet20-jpeg.safetensors").toString(),
            "--data=" + given("cifar").resolve("train"),
            "--val=" + given("cifar").resolve("test"),
            "--keep-macs=0.5",
            "--learn-images=50000",
            "--fine-tune-epochs=0",
            "--json",
            "-o",
            folder.resolve("small.onnx").toString());

    assertThat(report.at("/macs/after").asLong())
        .isLessThanOrEqualTo(report.at("/macs/before").asLong() / 2);
    assertThat(report.at("/top1/projected").asDouble()).isGreaterThanOrEqualTo(80);
  }
}
