package dev.capstan.cli;

import static dev.capstan.cli.CompressRuns.at;
import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.recipe.Method;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** What chooses channels. */
final class CompressMethodsTest {
  @TempDir static Path shared;
  private static CompressRuns runs;

  @TempDir Path folder;

  @BeforeAll
  static void draw() {
    runs = CompressRuns.in(shared);
  }

  private Path output() {
    return folder.resolve("small.onnx");
  }

  /** Those that look at weights alone see no images, where nothing else does. */
  @ParameterizedTest
  @MethodSource("dev.capstan.recipe.Method#all")
  void everyMethodKeepsTheBudget(Method method) {
    JsonNode report =
        runs.to(
                output(),
                "--json",
                "--ranks=uniform",
                "--refit=off",
                "--re-estimate=off",
                "--method=" + method)
            .result();

    assertThat(at(report, "method").asString()).isEqualTo(method.toString());
    assertThat(at(report, "macs/after").asLong())
        .isLessThanOrEqualTo(at(report, "macs/before").asLong() / 2);
    if (method.name().equals("l1")) {
      assertThat(at(report, "imagesSeen").toString())
          .isEqualTo("{\"calibration\":0,\"learning\":0,\"refit\":0,\"fineTuning\":0}");
    }
  }

  @Test
  void fewImagesAreSeenOften() {
    JsonNode report =
        runs.to(
                output(),
                "--json",
                "--few-images",
                "--learn-images=240",
                "--ranks=uniform",
                "--refit=off",
                "--re-estimate=off")
            .result();

    assertThat(at(report, "imagesSeen/learning").asLong()).isIn(0L, 240L);
  }
}
