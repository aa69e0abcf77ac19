package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The examples of docs/extend.md, compiled as it says and found on the class path. */
final class ExtensionsTest {
  private static final Path EXAMPLES = Path.of("..", "docs", "examples");

  @TempDir Path folder;

  @Test
  void criterionFormatAndMetricOfOnesOwnDoAJobTogether() throws Exception {
    Path model = Samples.model(folder.resolve("model.onnx"), 10);
    Path images = zipped(Samples.images(folder.resolve("images"), 40), folder.resolve("set.zip"));
    Path output = folder.resolve("small.onnx");
    List<String> job =
        List.of("compress", model.toString(), "--data=" + images, "-o", output.toString());
    List<String> own = List.of("--method=contribution", "--metric=sharpness");
    List<String> quick =
        List.of("--keep-macs=0.6", "--ranks=uniform", "--fine-tune-epochs=0", "--accept-chance");

    ToolProcess run =
        ToolProcess.start(
            System.getProperty("java.class.path") + File.pathSeparator + compiled(),
            folder.resolve("words"),
            Stream.of(job, own, quick).flatMap(List::stream).toList());

    assertThat(run.code()).as(run.said()).isIn(ExitCode.DONE, ExitCode.MISSED);
    assertThat(run.said()).contains("sharpness");
    JsonNode record = JsonMapper.shared().readTree(folder.resolve("small.capstan.json").toFile());
    assertThat(record.at("/result/method").asString()).isEqualTo("contribution");
  }

  /** All examples into one folder of classes, with their service files. */
  private Path compiled() throws IOException {
    Path classes = folder.resolve("classes");
    List<String> words =
        new ArrayList<>(
            List.of("-cp", System.getProperty("java.class.path"), "-d", classes.toString()));
    for (Path file : examples()) {
      if (file.toString().endsWith(".java")) {
        words.add(file.toString());
      } else {
        Path service = classes.resolve("META-INF/services").resolve(file.getFileName());
        Files.createDirectories(service.getParent());
        Files.copy(file, service);
      }
    }
    int failed =
        ToolProvider.getSystemJavaCompiler().run(null, null, null, words.toArray(String[]::new));
    assertThat(failed).isZero();
    return classes;
  }

  private static List<Path> examples() throws IOException {
    try (Stream<Path> files = Files.walk(EXAMPLES)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static Path zipped(Path images, Path file) throws IOException {
    try (Stream<Path> paths = Files.walk(images);
        OutputStream stream = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(stream)) {
      for (Path image : paths.filter(Files::isRegularFile).sorted().toList()) {
        zip.putNextEntry(new ZipEntry(images.relativize(image).toString().replace('\\', '/')));
        Files.copy(image, zip);
      }
    }
    return file;
  }
}
