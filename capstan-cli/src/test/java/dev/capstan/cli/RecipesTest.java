package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** The recipes are configurations that compress takes, each run for three steps. */
final class RecipesTest {
  private static final Path RECIPES = Path.of("../recipes");

  @TempDir static Path shared;
  private static Path classifier;
  private static Path detector;
  private static Path upscaler;
  private static Path images;

  @BeforeAll
  static void draw() {
    classifier = Samples.wideModel(shared.resolve("model.onnx"), 10);
    detector = Samples.fixture("detector-script-11", shared);
    upscaler = Samples.superResolution(shared.resolve("upscaler.onnx"));
    images = Samples.images(shared.resolve("images"), 24);
  }

  /** A network of the kind that a recipe is for. */
  private static Path model(String recipe) {
    return switch (recipe) {
      case "detector.yaml" -> detector;
      case "super-resolution.yaml" -> upscaler;
      default -> classifier;
    };
  }

  static List<String> recipes() throws IOException {
    try (Stream<Path> files = Files.list(RECIPES)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".yaml"))
          .sorted()
          .toList();
    }
  }

  private static int side(String recipe) {
    return recipe.equals("detector.yaml") ? 16 : 32;
  }

  private static String[] command(String name, String... more) {
    List<String> args =
        new ArrayList<>(List.of("compress", model(name).toString(), "--data=" + images));
    args.add("--config=" + RECIPES.resolve(name));
    args.addAll(List.of(more));
    return args.toArray(String[]::new);
  }

  /** Every key is an option, every value one that it takes. */
  @ParameterizedTest
  @MethodSource("recipes")
  void isAConfiguration(String name) {
    String[] args = command(name);
    CommandLine tool = Main.tool();
    tool.setDefaultValueProvider(Settings.read(tool, () -> tool, Map.of(), args));

    assertThat(tool.parseArgs(args).subcommand().matchedOptions()).isNotEmpty();
  }

  /** Of three batches; all else as the recipe says. The rest of them nightly. */
  @ParameterizedTest
  @MethodSource("recipes")
  void runs(String name) {
    assumeThat(name.equals("no-labels.yaml") || Boolean.getBoolean("capstan.recipes")).isTrue();
    Path result = shared.resolve(name + ".onnx");

    CommandLineRun run =
        CommandLineRun.of(
            command(
                name,
                "--crop=" + side(name),
                "--size=" + side(name),
                "--accept-chance",
                "--threads=1",
                "--learn-images=48",
                "--fine-tune-epochs=0",
                "--measure-images=8",
                "-o",
                result.toString()));

    assertThat(run.code()).as(run.err() + run.out()).isIn(0, 3);
    assertThat(result).isRegularFile();
    assertThat(shared.resolve(name + ".capstan.html")).isRegularFile();
  }

  @Test
  void eachHasARowThatSaysWhetherItWasMeasured() throws IOException {
    String table = Files.readString(RECIPES.resolve("README.md"));

    assertThat(recipes()).hasSizeGreaterThanOrEqualTo(6);
    for (String name : recipes()) {
      assertThat(table).containsPattern("\\| \\[" + name + "\\]\\(" + name + "\\) .*measured");
    }
  }
}
