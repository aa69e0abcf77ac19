package dev.capstan.torch.internal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.recipe.stage.Training;
import dev.capstan.torch.internal.watch.Course;
import dev.capstan.weights.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A state is read as it was written; other files are refused. */
@Tag("trust")
class CheckpointTest {
  @TempDir Path folder;

  @Test
  void isReadAsItWasWritten() {
    TrainingState state =
        new TrainingState(
            network(1), Map.of("w", tensor(2)), network(5), new Course(2.5, 0.1, 3), 17, "run");
    Path file = folder.resolve("state");
    Checkpoint.write(state, file);
    TrainingState read = Checkpoint.read(file);
    assertThat(read.step()).isEqualTo(17);
    assertThat(read.run()).isEqualTo("run");
    assertThat(read.course()).isEqualTo(new Course(2.5, 0.1, 3));
    assertThat(read.momenta().get("w").sameAs(tensor(2))).isTrue();
    assertSame(read.now(), network(1));
    assertSame(read.best(), network(5));
  }

  private static TrainingState.Network network(float first) {
    return new TrainingState.Network(
        Map.of("w", tensor(first)), Map.of("v", tensor(first + 2)), Map.of("w", tensor(first + 3)));
  }

  private static void assertSame(TrainingState.Network found, TrainingState.Network expected) {
    assertThat(found.weights()).containsOnlyKeys("w");
    assertThat(found.weights().get("w").sameAs(expected.weights().get("w"))).isTrue();
    assertThat(found.statistics().get("v").sameAs(expected.statistics().get("v"))).isTrue();
    assertThat(found.averages().get("w").sameAs(expected.averages().get("w"))).isTrue();
  }

  private static TrainingState state(int step, float weight) {
    return new TrainingState(
        network(weight), Map.of("w", tensor(2)), network(5), new Course(2.5, 0.1, 3), step, "run");
  }

  /** Whatever bit it is: one in a weight would go on to another result without a word. */
  @Test
  void everyBitThatFlipsIsFound() throws IOException {
    Path file = folder.resolve("state");
    Checkpoint.write(state(17, 1), file);
    byte[] whole = Files.readAllBytes(file);
    for (int i = 0; i < whole.length; i++) {
      byte[] damaged = whole.clone();
      damaged[i] ^= (byte) (1 << i % 8);
      Path other = Files.write(folder.resolve("damaged" + i), damaged);
      assertThatThrownBy(() -> Checkpoint.read(other))
          .as("byte %d", i)
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining(other.getFileName().toString());
    }
  }

  @Test
  void aStateThatIsNotFiniteIsRefused() {
    Path file = folder.resolve("state");
    Checkpoint.write(state(17, Float.NaN), file);
    assertThatThrownBy(() -> Checkpoint.read(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("holds NaN or infinity");
  }

  @Test
  void whereTheLastIsDamagedTheOneBeforeIsTaken() throws IOException {
    Path file = folder.resolve("state");
    List<String> told = new ArrayList<>();
    assertThat(Checkpoint.last(file, told::add)).isNull();
    Checkpoint.write(state(1, 1), file);
    Checkpoint.write(state(2, 1), file);
    assertThat(Checkpoint.last(file, told::add).step()).isEqualTo(2);
    assertThat(told).isEmpty();

    byte[] whole = Files.readAllBytes(file);
    whole[whole.length - 1] ^= 1;
    Files.write(file, whole);
    assertThat(Checkpoint.last(file, told::add).step()).isEqualTo(1);
    assertThat(told).singleElement().asString().contains("damaged", "state.before");

    Files.delete(file);
    assertThat(Checkpoint.last(file, told::add).step()).isEqualTo(1);
    Files.write(Training.before(file), new byte[10]);
    Files.write(file, whole);
    assertThatThrownBy(() -> Checkpoint.last(file, told::add))
        .isInstanceOf(InvalidInputException.class);

    told.clear();
    Checkpoint.removeDamaged(file, told::add);
    assertThat(told).singleElement().asString().contains("its work is done again");
    assertThat(Checkpoint.last(file, told::add)).isNull();
  }

  @Test
  void otherSafetensorsAreNoState() {
    Path file = folder.resolve("weights.safetensors");
    SafetensorsWriter.write(Map.of("w", tensor(1)), Map.of(), file);
    assertThatThrownBy(() -> Checkpoint.read(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("weights.safetensors")
        .hasMessageContaining("capstan training state 2");
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
