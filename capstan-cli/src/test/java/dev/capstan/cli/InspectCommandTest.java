package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
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

  private JsonNode inspected() {
    return JsonMapper.shared().readTree(CommandLineRun.of("inspect", model, "--json").out());
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
        .containsExactly("model", "opset", "layers", "spaces", "macs", "parameters", "tail");
    assertThat(found.at("/layers/0").propertyNames())
        .containsExactly("name", "operator", "input", "output", "macs", "parameters");
    assertThat(found.at("/spaces/0").propertyNames())
        .containsExactly("name", "width", "producers", "consumers", "freedom", "reason");
  }

  @Test
  void layersAddUpToTheTotals() {
    JsonNode found = inspected();

    assertThat(sum(found.at("/layers"), "macs")).isEqualTo(found.at("/macs").asLong());
    assertThat(sum(found.at("/layers"), "parameters")).isEqualTo(found.at("/parameters").asLong());
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
