package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.testing.OnnxModels;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class InspectCommandTest {
  @TempDir Path folder;
  private String model;

  @BeforeEach
  void writeModel() {
    model = Samples.model(folder.resolve("model.onnx"), 10).toString();
  }

  private JsonNode inspected(String... options) {
    String[] all =
        Stream.concat(Stream.of("inspect", model, "--json"), Stream.of(options))
            .toArray(String[]::new);
    return JsonMapper.shared().readTree(CommandLineRun.of(all).out());
  }

  private static long sum(JsonNode layers, String figure) {
    return StreamSupport.stream(layers.spliterator(), false)
        .mapToLong(layer -> layer.at("/" + figure).asLong())
        .sum();
  }

  @Test
  void saysEverythingAsJson() {
    JsonNode found = inspected();

    assertThat(found.propertyNames())
        .containsExactly(
            "model", "opset", "layers", "residual", "spaces", "macs", "parameters", "tail");
    assertThat(found.at("/layers/0").propertyNames())
        .containsExactly("name", "operator", "input", "output", "macs", "parameters");
    assertThat(found.at("/spaces/0").propertyNames())
        .containsExactly("name", "width", "producers", "consumers", "freedom", "reason", "stream");
  }

  @Test
  void layersAddUpToTheTotals() {
    JsonNode found = inspected();

    assertThat(sum(found.at("/layers"), "macs")).isEqualTo(found.at("/macs").asLong());
    assertThat(sum(found.at("/layers"), "parameters")).isEqualTo(found.at("/parameters").asLong());
  }

  private static List<String> streams(JsonNode found) {
    return StreamSupport.stream(found.at("/spaces").spliterator(), false)
        .filter(space -> space.at("/stream").asBoolean())
        .map(space -> space.at("/freedom").asString())
        .toList();
  }

  @Test
  void saysWhichStreamsCompressMayProject() {
    assertThat(inspected().at("/residual").asString()).isEqualTo("AUTO");
    assertThat(streams(inspected())).isNotEmpty().containsOnly("free");
    assertThat(streams(inspected("--residual", "project"))).containsOnly("free");
    assertThat(streams(inspected("--residual", "keep"))).isNotEmpty().containsOnly("pinned");
    assertThat(CommandLineRun.of("inspect", model).out())
        .containsPattern("free +residual stream\\s")
        .contains("Residual streams: projected where that costs the least accuracy");
    assertThat(CommandLineRun.of("inspect", model, "--residual", "keep").out())
        .contains("Residual streams: kept")
        .doesNotContainPattern("free +residual stream");
  }

  /** But for the last lines, which name the file. */
  @Test
  void fitsTheTerminal() {
    Map<String, String> narrow = Map.of("COLUMNS", "80");
    List<String> lines = CommandLineRun.in(narrow, true, "inspect", model).out().lines().toList();

    assertThat(lines.get(0)).startsWith("layer");
    assertThat(lines.stream().filter(line -> !line.startsWith(model)))
        .allMatch(line -> line.length() <= 80);
  }

  /** However long names are: a file is read in windows, too; {@code --json} has them whole. */
  @Test
  void fitsAWideWindowWhereNobodyLooks() {
    String name = "a".repeat(200);
    Path file =
        OnnxModels.opset(17)
            .input("x", 1, 3, 8, 8)
            .weights("w", 4, 3, 3, 3)
            .node("Conv", "x w", name)
            .node("Relu", name, "y")
            .output("y")
            .write(folder.resolve("long.onnx"));

    assertThat(CommandLineRun.of("inspect", file.toString()).out().lines())
        .allMatch(line -> line.length() <= 160 || line.startsWith(file.toString()));
    assertThat(CommandLineRun.of("inspect", file.toString(), "--json").out()).contains(name);
  }

  @Test
  void showsLayersSpacesAndTotals() {
    CommandLineRun run = CommandLineRun.of("inspect", model);

    assertThat(run.code()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .contains("layer1.0.conv1", "BatchNormalization", "[Nx8x32x32]", "2.29 M MACs")
        .contains("free", "pinned", "graph output");
  }
}
