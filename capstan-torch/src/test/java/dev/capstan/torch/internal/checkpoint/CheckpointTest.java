package dev.capstan.torch.internal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.weights.SafetensorsWriter;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A state is read as it was written; other files are refused. */
class CheckpointTest {
  @TempDir Path folder;

  @Test
  void isReadAsItWasWritten() {
    TrainingState state =
        new TrainingState(
            Map.of("w", tensor(1)),
            Map.of("w", tensor(2)),
            Map.of("v", tensor(3)),
            Map.of("v", tensor(4)),
            17,
            "run");
    Path file = folder.resolve("state");
    Checkpoint.write(state, file);
    TrainingState read = Checkpoint.read(file);
    assertThat(read.step()).isEqualTo(17);
    assertThat(read.run()).isEqualTo("run");
    assertThat(read.weights()).containsOnlyKeys("w");
    assertThat(read.weights().get("w").sameAs(tensor(1))).isTrue();
    assertThat(read.momenta().get("w").sameAs(tensor(2))).isTrue();
    assertThat(read.statistics().get("v").sameAs(tensor(3))).isTrue();
    assertThat(read.averages().get("v").sameAs(tensor(4))).isTrue();
  }

  @Test
  void otherSafetensorsAreNoState() {
    Path file = folder.resolve("weights.safetensors");
    SafetensorsWriter.write(Map.of("w", tensor(1)), Map.of(), file);
    assertThatThrownBy(() -> Checkpoint.read(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("weights.safetensors")
        .hasMessageContaining("capstan training state 1");
  }

  @Test
  void aStateWithoutItsStepIsRefused() {
    Path file = folder.resolve("state");
    Map<String, String> words = Map.of("format", "capstan training state 1", "step", "many");
    SafetensorsWriter.write(Map.of("weight:w", tensor(1)), words, file);
    assertThatThrownBy(() -> Checkpoint.read(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("'many'");
  }

  private static Constant tensor(float value) {
    return Constant.of(new float[] {value, -value}, 2);
  }
}
