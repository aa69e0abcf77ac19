package dev.capstan.pipeline;

import dev.capstan.testing.Fixtures;
import dev.capstan.testing.Mutants;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models damaged at random are inspected, or refused in one line. */
final class DamagedModelsTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"detector-script-11", "activations-script-17", "shufflenet-v2-dynamo-18"})
  void mutants(String name) throws IOException {
    Path model = Files.copy(Fixtures.file(name), folder.resolve(name + ".onnx"));
    Mutants.survive(model, 250, Inspector::of);
  }
}
