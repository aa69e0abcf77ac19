package dev.capstan.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("trust")
class CheckpointTest {
  private static final float[] SIX = {0, 1, 2, 3, 4, 5};

  @TempDir Path folder;

  /** What make_checkpoints.py says, read from what PyTorch wrote. */
  @ParameterizedTest
  @ValueSource(strings = {"zip.pt", "legacy.pt"})
  void readsWhatPyTorchWrote(String name) throws URISyntaxException {
    Map<String, Constant> tensors = WeightFile.read(resource(name));

    assertThat(tensors.keySet())
        .containsExactly(
            "whole",
            "transposed",
            "part",
            "half",
            "brain",
            "bn.weight",
            "bn.bias",
            "bn.running_mean",
            "bn.running_var",
            "bn.num_batches_tracked");
    assertThat(tensors.get("whole").floats()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    assertThat(tensors.get("transposed").sizes()).containsExactly(4, 3);
    assertThat(tensors.get("transposed").floats())
        .containsExactly(0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11);
    assertThat(tensors.get("part").floats()).containsExactly(4, 6, 8, 10);
    assertThat(tensors.get("half").type()).isEqualTo(DataType.FLOAT16);
    assertThat(tensors.get("brain").type()).isEqualTo(DataType.BFLOAT16);
    assertThat(tensors.get("brain").floats()).containsExactly(0, 1, 2, 3);
    assertThat(tensors.get("bn.num_batches_tracked").longs()).containsExactly(0);
  }

  @ParameterizedTest
  @CsvSource({
    "ZIP, ''", "ZIP, state_dict", "ZIP, model", "ZIP, model_state_dict", "ZIP, net",
    "LEGACY, ''", "LEGACY, state_dict", "LEGACY, model", "LEGACY, model_state_dict", "LEGACY, net"
  })
  void findsTensorsInTheUsualPlaces(CheckpointFiles format, String place) {
    PickleBytes pickle = PickleBytes.start().op("}").text("epoch").integer(3).op("s");
    if (!place.isEmpty()) {
      pickle.text(place).op("}");
    }
    pickle.text("module.w").tensor("FloatStorage", "0", 6, 0, new int[] {2, 3}, new int[] {3, 1});
    pickle.op(place.isEmpty() ? "s" : "ss");

    Map<String, Constant> tensors =
        WeightFile.read(format.write(folder, pickle.stop(), Map.of("0", SIX)));

    assertThat(tensors).containsOnlyKeys("w");
    assertThat(tensors.get("w").sizes()).containsExactly(2, 3);
    assertThat(tensors.get("w").floats()).containsExactly(SIX);
  }

  @ParameterizedTest
  @EnumSource
  void readsAnyStridesInsideTheStorage(CheckpointFiles format) {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 100; i++) {
      int[] size = {random.nextInt(4), random.nextInt(1, 4), random.nextInt(1, 4)};
      int[] stride = {random.nextInt(1, 5), random.nextInt(1, 5), random.nextInt(1, 5)};
      int offset = random.nextInt(5);
      float[] storage = new float[64];
      for (int k = 0; k < storage.length; k++) {
        storage[k] = (float) random.nextGaussian();
      }

      Constant tensor = one(format, storage, offset, size, stride);

      assertThat(tensor.sizes()).containsExactly(size[0], size[1], size[2]);
      int next = 0;
      for (int a = 0; a < size[0]; a++) {
        for (int b = 0; b < size[1]; b++) {
          for (int c = 0; c < size[2]; c++) {
            int index = offset + a * stride[0] + b * stride[1] + c * stride[2];
            assertThat(tensor.floats()[next++]).isEqualTo(storage[index]);
          }
        }
      }
    }
  }

  private Constant one(
      CheckpointFiles format, float[] storage, int offset, int[] size, int[] stride) {
    byte[] pickle =
        PickleBytes.start()
            .op("}")
            .text("w")
            .tensor("FloatStorage", "0", storage.length, offset, size, stride)
            .op("s")
            .stop();
    return WeightFile.read(format.write(folder, pickle, Map.of("0", storage))).get("w");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 7, 1",
    "1, 6, 1",
    "0, 3, 3",
    "-1, 2, 1",
    "0, -2, 1",
    "0, 2, -1",
    "0, 7, 0",
    "0, 2, 2147483647",
    "2147483647, 1, 1"
  })
  void refusesTensorsThatLeaveTheirStorage(int offset, int size, int stride) {
    assertThatThrownBy(
            () -> one(CheckpointFiles.LEGACY, SIX, offset, new int[] {size}, new int[] {stride}))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("not within its storage of 6 elements");
  }

  @ParameterizedTest
  @EnumSource
  void namesTheTensorWhoseStorageIsShort(CheckpointFiles format) {
    byte[] pickle =
        PickleBytes.start()
            .op("}")
            .text("w")
            .tensor("FloatStorage", "0", 7, 0, new int[] {7}, new int[] {1})
            .op("s")
            .stop();

    assertThatThrownBy(() -> WeightFile.read(format.write(folder, pickle, Map.of("0", SIX))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(format.name() + ".pt")
        .hasMessageMatching(".*expected.* 7 elements, found 6.*|.*28 bytes, found 24.*");
  }

  @ParameterizedTest
  @EnumSource
  void saysWhereItLookedForTensors(CheckpointFiles format) {
    byte[] pickle = PickleBytes.start().op("}").text("weights").op("}s").stop();

    assertThatThrownBy(() -> WeightFile.read(format.write(folder, pickle, Map.of())))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("state_dict, model, model_state_dict, net")
        .hasMessageContaining("[weights]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"zip.pt", "legacy.pt"})
  void truncationIsOneClearError(String name) throws Exception {
    byte[] whole = Files.readAllBytes(resource(name));
    for (int length = whole.length - 1; length >= 0; length -= 1 + whole.length / 100) {
      Path cut = Files.write(folder.resolve(name), Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> WeightFile.read(cut))
          .as("first %d bytes", length)
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining(name)
          .hasMessageNotContaining("\n");
    }
  }

  /** A damaged file may by chance still be a checkpoint, but it never fails in another way. */
  @ParameterizedTest
  @ValueSource(strings = {"zip.pt", "legacy.pt"})
  void damageIsAnErrorForTheUserOrNone(String name) throws Exception {
    byte[] whole = Files.readAllBytes(resource(name));
    SplittableRandom random = new SplittableRandom(7);
    int trials = 200;
    int refused = 0;
    for (int trial = 0; trial < trials; trial++) {
      byte[] damaged = whole.clone();
      damaged[random.nextInt(whole.length)] = (byte) random.nextInt();
      refused += isRefused(Files.write(folder.resolve(name), damaged)) ? 1 : 0;
    }
    assertThat(refused).isBetween(trials / 10, trials - 1);
  }

  private static boolean isRefused(Path file) {
    try {
      WeightFile.read(file);
      return false;
    } catch (InvalidInputException e) {
      return true;
    }
  }

  private static Path resource(String name) throws URISyntaxException {
    return Path.of(CheckpointTest.class.getResource(name).toURI());
  }
}
