package dev.capstan.pipeline;

import static dev.capstan.data.WrittenFiles.alpha;
import static dev.capstan.data.WrittenFiles.colours;
import static dev.capstan.data.WrittenFiles.encoded;
import static dev.capstan.data.WrittenFiles.gray;
import static dev.capstan.data.WrittenFiles.grayWithAlpha;
import static dev.capstan.data.WrittenFiles.inks;
import static dev.capstan.data.WrittenFiles.palette;
import static dev.capstan.data.WrittenFiles.progressive;
import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.data.OrientedFiles;
import dev.capstan.job.EvaluateJob;
import dev.capstan.job.ImageOptions;
import dev.capstan.job.Inputs;
import dev.capstan.job.PreprocessingOptions;
import dev.capstan.testing.OnnxModels;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A folder of files as cameras, scanners and programs leave them, judged by networks that are
 * rulers: each file is read as people see it, or counted and named.
 */
final class ImageFilesTest {
  private static final int SIDE = 40;
  private static final int DARK = 30;
  private static final int BRIGHT = 220;

  /** A file that Java does not write: the first corner is bright. */
  private static final byte[] WEBP =
      Base64.getDecoder()
          .decode("UklGRjAAAABXRUJQVlA4TCMAAAAvJ8AJAA9wD997+N7Dd/4DD4TZRjOYP+0E7v4R/Z+AEuZ9BAA=");

  @TempDir Path folder;

  /** A picture one of whose quarters is bright; they are numbered row by row. */
  private static int[][] corner(int bright) {
    int[][] picture = new int[SIDE][SIDE];
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        picture[y][x] = y / (SIDE / 2) * 2 + x / (SIDE / 2) == bright ? BRIGHT : DARK;
      }
    }
    return picture;
  }

  private static int[][] even(int brightness) {
    int[][] picture = new int[SIDE][SIDE];
    Arrays.stream(picture).forEach(row -> Arrays.fill(row, brightness));
    return picture;
  }

  /** Files that show one picture. */
  private static Map<String, byte[]> files(int[][] picture) throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("a photo'1\n (1).PNG", encoded(colours(picture), "png"));
    files.put("B.JPEG", encoded(colours(picture), "jpg"));
    files.put("progressive.jpg", progressive(colours(picture)));
    files.put("ink.jpg", inks(picture));
    files.put("gray.jpg", encoded(gray(picture, 8), "jpg"));
    files.put("gray.png", encoded(gray(picture, 8), "png"));
    files.put("深い.png", encoded(gray(picture, 16), "png"));
    files.put("table.png", encoded(palette(picture), "png"));
    files.put("clear.png", encoded(alpha(picture), "png"));
    files.put("gray and clear.png", encoded(grayWithAlpha(picture), "png"));
    files.put("a.bmp", encoded(colours(picture), "bmp"));
    files.put("a.tiff", encoded(colours(picture), "tiff"));
    files.put("deep.tif", encoded(gray(picture, 16), "tiff"));
    files.put("a.gif", encoded(palette(picture), "gif"));
    return files;
  }

  private static void write(Path folder, Map<String, byte[]> files) throws IOException {
    Files.createDirectories(folder);
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Files.write(folder.resolve(file.getKey()), file.getValue());
    }
  }

  /** Percent of the images that a network finds in the right class. */
  private double judged(OnnxModels network, Path images, long count, Heard heard) {
    PreprocessingOptions usual = PreprocessingOptions.DEFAULT;
    PreprocessingOptions unit =
        new PreprocessingOptions(
            List.of(0.0, 0.0, 0.0),
            List.of(1.0, 1.0, 1.0),
            usual.channels(),
            usual.range(),
            usual.resize(),
            usual.size(),
            usual.crop(),
            null);
    Inputs inputs =
        TinyInputs.of(network.write(folder.resolve("ruler.onnx")), images)
            .with(new ImageOptions(unit, null, null));

    Evaluator.Result found = Evaluator.run(new EvaluateJob(inputs, null), heard);

    assertThat(found.skippedImages()).isEmpty();
    assertThat(found.scores().images()).isEqualTo(count);
    return found.scores().top1();
  }

  private static OnnxModels ruler(float... colours) {
    return OnnxModels.opset(17)
        .input("x", "n", 3, 32, 32)
        .initializer(OnnxModels.floats("mix", colours, colours.length / 3, 3, 1, 1))
        .node("Conv", "x mix", "mixed");
  }

  /** The mean brightness of each quarter. */
  private static OnnxModels corners() {
    return ruler(1, 1, 1)
        .node(
            "AveragePool",
            "mixed",
            "quarters",
            "kernel_shape",
            new long[] {16, 16},
            "strides",
            new long[] {16, 16})
        .node("Flatten", "quarters", "y")
        .output("y");
  }

  /** Greatest where the mean brightness m is nearest to the level c of ten: 2 c m - c^2. */
  private static OnnxModels levels() {
    float[] weights = new float[10];
    float[] shifts = new float[10];
    for (int i = 0; i < 10; i++) {
      weights[i] = 2 * level(i) / 3;
      shifts[i] = -level(i) * level(i);
    }
    return ruler(1, 1, 1)
        .node("GlobalAveragePool", "mixed", "mean")
        .node("Flatten", "mean", "row")
        .initializer(OnnxModels.floats("w", weights, 10, 1))
        .initializer(OnnxModels.floats("b", shifts, 10))
        .node("Gemm", "row w b", "y", "transB", 1)
        .output("y");
  }

  private static float level(int index) {
    return (index + 0.5f) / 10;
  }

  @Test
  void allFormatsShowTheSame() throws IOException {
    Path images = folder.resolve("images");
    for (int i = 0; i < 4; i++) {
      write(images.resolve("corner " + i + " ü"), files(corner(i)));
      write(images.resolve("corner " + i + " ü"), Map.of(".hidden.png", WEBP, "notes.txt", WEBP));
      write(images.resolve("corner " + i + " ü/deeper"), Map.of("photo.heic", WEBP));
    }
    Heard heard = new Heard();

    assertThat(judged(corners(), images, 4L * files(corner(0)).size(), heard)).isEqualTo(100);

    assertThat(heard.notes())
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains(
                        "4 hidden entries (corner 0 ü/.hidden.png, ",
                        "8 files (corner 0 ü/",
                        "in no format that is read (JPEG, ")
                    .doesNotContain("\n"));
  }

  @Test
  void theyAreAsBright() throws IOException {
    Path images = folder.resolve("images");
    for (int i = 0; i < 10; i++) {
      write(images.resolve("level" + i), files(even(Math.round(255 * level(i)))));
    }

    assertThat(judged(levels(), images, 10L * files(even(0)).size(), new Heard())).isEqualTo(100);
  }

  /** 3, 6 and 8 are the turns of cameras: by half, to the right and to the left. */
  @Test
  void theyAreTurnedAsPeopleSeeThem() throws IOException {
    int[] turns = {1, 6, 3, 8};
    Path images = folder.resolve("images");
    for (int stored = 0; stored < 4; stored++) {
      for (int turn = 0; turn < 4; turn++) {
        byte[] exif = OrientedFiles.exif(turns[turn], ByteOrder.BIG_ENDIAN);
        byte[] plain = encoded(colours(corner(stored)), "jpg");
        byte[] png = encoded(colours(corner(stored)), "png");
        write(
            images.resolve("corner" + turned(stored, turn)),
            Map.of(
                stored + "to" + turn + ".jpg",
                OrientedFiles.jpeg(plain, exif),
                stored + "to" + turn + ".png",
                OrientedFiles.png(png, exif)));
        if (stored == 0) {
          byte[] webp = OrientedFiles.webp(WEBP, exif, SIDE, SIDE);
          write(images.resolve("corner" + turned(0, turn)), Map.of(turn + ".webp", webp));
        }
      }
    }

    assertThat(judged(corners(), images, 36, new Heard())).isEqualTo(100);
  }

  /** Where a corner is after quarter turns to the right. */
  private static int turned(int corner, int turns) {
    int[] clockwise = {0, 1, 3, 2};
    int place = corner == 3 ? 2 : corner == 2 ? 3 : corner;
    return clockwise[(place + turns) % 4];
  }
}
