package dev.capstan.weights;

import dev.capstan.data.Dataset;
import dev.capstan.data.ImageIoDecoder;
import dev.capstan.data.Split;
import dev.capstan.data.format.Datasets;
import dev.capstan.data.format.PngFolder;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.image.RgbImage;
import dev.capstan.testing.Mutants;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of weights and images, damaged at random: read, or refused in one line. */
final class MutantsTest {
  private static final int COUNT = 300;

  @TempDir Path folder;

  private static byte[] pickle() {
    return PickleBytes.start()
        .op("}(")
        .text("conv.weight")
        .tensor("FloatStorage", "0", 8, 0, new int[] {2, 2}, new int[] {4, 2})
        .text("epoch")
        .integer(3)
        .text("bias")
        .tensor("FloatStorage", "1", 4, 0, new int[] {4}, new int[] {1})
        .op("u")
        .stop();
  }

  @Test
  void checkpoints() throws IOException {
    for (CheckpointFiles format : CheckpointFiles.values()) {
      Path file =
          format.write(folder, pickle(), Map.of("0", new float[8], "1", new float[] {1, 2, 3, 4}));
      Mutants.survive(file, COUNT, MutantsTest::use);
    }
  }

  @Test
  void safetensors() throws IOException {
    Path file = folder.resolve("weights.safetensors");
    Constant constant = Constant.of(new float[] {1, 2, 3, 4}, 2, 2);
    SafetensorsWriter.write(Map.of("a", constant), Map.of("format", "pt"), file);
    Mutants.survive(file, COUNT, MutantsTest::use);
  }

  private static void use(Path file) {
    WeightFile.read(file).values().forEach(Constant::floats);
  }

  @Test
  void shards() throws IOException {
    Path file = folder.resolve("set.tar");
    try (OutputStream stream = Files.newOutputStream(file);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(stream)) {
      for (int i = 0; i < 3; i++) {
        add(tar, i + ".png", image(i));
        add(tar, i + ".cls", Integer.toString(i).getBytes());
      }
    }
    Mutants.survive(file, COUNT, mutant -> decode(Datasets.open(mutant, Split.TRAIN)));
  }

  private static void add(TarArchiveOutputStream tar, String name, byte[] bytes)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(bytes.length);
    tar.putArchiveEntry(entry);
    tar.write(bytes);
    tar.closeArchiveEntry();
  }

  private static byte[] image(int seed) throws IOException {
    byte[] pixels = new byte[3 * 8 * 8];
    new SplittableRandom(seed).nextBytes(pixels);
    return PngFolder.png(new RgbImage(8, 8, pixels));
  }

  /** A damaged image is left out; nothing else may come of it. */
  private static void decode(Dataset set) {
    for (int i = 0; i < set.size(); i++) {
      try {
        set.image(i, new ImageIoDecoder());
      } catch (IOException damaged) {
        // As it should be.
      }
    }
  }

  @Test
  void images() throws IOException {
    Path file = Files.write(folder.resolve("image.png"), image(1));
    Mutants.survive(
        file,
        COUNT,
        mutant -> {
          try {
            new ImageIoDecoder().decode(Files.readAllBytes(mutant));
          } catch (IOException e) {
            throw new InvalidInputException(mutant + ": " + e.getMessage(), e);
          }
        });
  }
}
