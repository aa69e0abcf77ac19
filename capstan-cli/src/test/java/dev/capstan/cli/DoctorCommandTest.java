package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class DoctorCommandTest {
  @Test
  void tellsWhatAReportNeeds() {
    CommandLineRun run = CommandLineRun.of("doctor", "--json");

    assertThat(run.code()).as(run.out()).isZero();
    JsonNode found = JsonMapper.shared().readTree(run.out());
    assertThat(found.at("/versions").propertyNames())
        .containsExactly("capstan", "libtorch", "ONNX Runtime", "Java");
    assertThat(found.at("/versions/ONNX Runtime").asString()).matches("\\d+\\.\\d+.*");
    assertThat(found.at("/machine").propertyNames())
        .contains("system", "processor", "features", "cores", "memory");
    assertThat(found.at("/folders")).hasSize(4);
    for (JsonNode engine : found.at("/engines")) {
      assertThat(engine.at("/works").asBoolean()).as(engine.toString()).isTrue();
      assertThat(engine.at("/imagesPerSecond").asDouble()).isPositive();
    }
    assertThat(found.at("/problems").isEmpty()).isTrue();
  }

  @Test
  void theVersionNamesWhatComputes() {
    assertThat(CommandLineRun.of("--version").out().lines())
        .hasSize(4)
        .anyMatch(line -> line.matches("libtorch \\d+\\.\\d+.*"))
        .anyMatch(line -> line.matches("ONNX Runtime \\d+\\.\\d+.*"));
  }
}
