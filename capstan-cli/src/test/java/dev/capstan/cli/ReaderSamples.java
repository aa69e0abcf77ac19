package dev.capstan.cli;

import static dev.capstan.cli.Reader.SOURCE;
import static dev.capstan.cli.Reader.SPACES;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.capstan.compress.BasesFile;
import dev.capstan.data.format.PngFolder;
import dev.capstan.graph.Constant;
import dev.capstan.image.RgbImage;
import dev.capstan.rank.Plan;
import dev.capstan.rank.allocate.PlanFile;
import dev.capstan.testing.ArrayFiles;
import dev.capstan.testing.RandomBases;
import dev.capstan.weights.CheckpointFiles;
import dev.capstan.weights.SafetensorsWriter;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Whole files of each {@link Reader}, small enough that a change of a byte tells. */
final class ReaderSamples {
  /** 12 x 8 pixels, lossless and lossy: Java writes no WebP. */
  private static final List<String> WEBP =
      List.of(
          "UklGRkYAAABXRUJQVlA4TDoAAAAvC8ABALkyRPQ/dhHR/4CCtm0YIyl/orsIhsJIJKnxd5fhAf91cDhiApDqhqD7"
              + "ATcw8BVhAQrCAQAD",
          "UklGRloAAABXRUJQVlA4IE4AAADQAQCdASoMAAgAAsBMJbACdAEOuuK0AAD+9uOE4McdE6rcv++Ow10YwtX/qNNa"
              + "v/wFtCUiL/Nsa2mEL7/ZzbUoSZ/Az0xZa/ndkGBfQAA=");

  private ReaderSamples() {}

  static List<byte[]> models(Path folder) throws IOException {
    List<byte[]> models = new ArrayList<>();
    for (String name :
        List.of("detector-script-11", "activations-script-17", "shufflenet-v2-dynamo-18")) {
      // From the class path: a fuzzer runs in a folder of its own.
      models.add(Files.readAllBytes(Samples.fixture(name, folder)));
    }
    return models;
  }

  static List<byte[]> zipCheckpoint(Path folder) throws IOException {
    return List.of(CheckpointFiles.ZIP.sample());
  }

  static List<byte[]> legacyCheckpoint(Path folder) throws IOException {
    return List.of(CheckpointFiles.LEGACY.sample());
  }

  private static Constant tensor(float first) {
    return Constant.of(new float[] {first, 2, 3, 4}, 2, 2);
  }

  static List<byte[]> safetensors(Path folder) throws IOException {
    Path file = folder.resolve("sample");
    SafetensorsWriter.write(Map.of("a", tensor(1)), Map.of("format", "pt"), file);
    return List.of(Files.readAllBytes(file));
  }

  static List<byte[]> shard(Path folder) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      for (int i = 0; i < 3; i++) {
        add(tar, i + ".png", png(i));
        add(tar, i + ".cls", Integer.toString(i).getBytes(UTF_8));
      }
    }
    return List.of(bytes.toByteArray());
  }

  private static void add(TarArchiveOutputStream tar, String name, byte[] bytes)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(bytes.length);
    tar.putArchiveEntry(entry);
    tar.write(bytes);
    tar.closeArchiveEntry();
  }

  private static byte[] png(int seed) throws IOException {
    byte[] pixels = new byte[3 * 8 * 8];
    new SplittableRandom(seed).nextBytes(pixels);
    return PngFolder.png(new RgbImage(8, 8, pixels));
  }

  /** Two records: a label, and 32 x 32 pixels of three colours. */
  static List<byte[]> cifar(Path folder) {
    return List.of(new byte[2 * (1 + 3 * 32 * 32)]);
  }

  static List<byte[]> arrays(Path folder) throws IOException {
    Map<String, Constant> arrays = new LinkedHashMap<>();
    arrays.put("x", tensor(1));
    arrays.put("y", Constant.of(new long[] {1, 2}, 2));
    return List.of(Files.readAllBytes(ArrayFiles.write(folder.resolve("sample.npz"), arrays)));
  }

  static List<byte[]> pictures(Path folder) throws IOException {
    List<byte[]> pictures = new ArrayList<>();
    for (String format : List.of("png", "gif", "bmp", "jpg", "tiff")) {
      pictures.add(picture(format));
    }
    return pictures;
  }

  static List<byte[]> native_(Path folder) throws IOException {
    List<byte[]> pictures = new ArrayList<>(List.of(picture("jpg")));
    WEBP.forEach(text -> pictures.add(Base64.getDecoder().decode(text)));
    return pictures;
  }

  private static byte[] picture(String format) throws IOException {
    BufferedImage image = new BufferedImage(12, 8, BufferedImage.TYPE_INT_RGB);
    for (int pixel = 0; pixel < 12 * 8; pixel++) {
      image.setRGB(pixel % 12, pixel / 12, pixel * 0x2f1d3);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    if (!ImageIO.write(image, format, bytes)) {
      throw new IOException("nothing writes " + format);
    }
    return bytes.toByteArray();
  }

  static List<byte[]> classes(Path folder) {
    return List.of("cat\ndog\nn01440764 tench, Tinca tinca\n".getBytes(UTF_8));
  }

  static List<byte[]> plan(Path folder) throws IOException {
    Map<String, Plan.Choice> choices = new LinkedHashMap<>();
    SPACES
        .compressible()
        .forEach(
            space ->
                choices.put(
                    space.name(),
                    new Plan.Choice(
                        space.width(),
                        space.width() / 2,
                        0.25,
                        new TreeMap<>(Map.of(4, 0.25, space.width(), 0.0)))));
    Path file = folder.resolve("sample.json");
    PlanFile.write(new Plan(SOURCE, "macs 0.5", 1000, 100, 0.5, choices), file);
    return List.of(Files.readAllBytes(file));
  }

  static List<byte[]> bases(Path folder) throws IOException {
    Path file = folder.resolve("sample");
    BasesFile.write(RandomBases.selection(SPACES, 1), SPACES, Map.of("source", SOURCE), file);
    return List.of(Files.readAllBytes(file));
  }

  /** Of the version that had no checksum, which would refuse most mutants at once. */
  static List<byte[]> trainingState(Path folder) throws IOException {
    Path file = folder.resolve("sample");
    Map<String, String> words = Map.of("format", "capstan training state 1", "step", "12");
    Map<String, Constant> tensors =
        Map.of("weight:w", tensor(1), "momentum:w", tensor(2), "statistic:v", tensor(3));
    SafetensorsWriter.write(tensors, words, file);
    return List.of(Files.readAllBytes(file));
  }

  static List<byte[]> configuration(Path folder) {
    return List.of("keep-macs: 0.5\ndata: [one, two]\nthreads: &t 1\n".getBytes(UTF_8));
  }
}
