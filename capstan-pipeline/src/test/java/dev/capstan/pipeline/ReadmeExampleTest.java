package dev.capstan.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.data.ImageIoDecoder;
import dev.capstan.data.format.PngFolder;
import dev.capstan.data.shapes.ShapeImages;
import dev.capstan.job.CompressJob;
import dev.capstan.recipe.WorkListener;
import dev.capstan.report.CompressReport;
import dev.capstan.report.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example in the README is the one below, and it works. */
final class ReadmeExampleTest {
  private static final Path README = Path.of("../README.md");
  private static final Path SOURCE =
      Path.of("src/test/java/dev/capstan/pipeline/ReadmeExampleTest.java");

  @TempDir Path folder;

  private static CompressReport compress(Path folder) {
    // example begins
    CompressJob job =
        CompressJob.of(
                folder.resolve("model.onnx"), // any ONNX file of a CNN
                folder.resolve("images/train"), // images to learn from, labelled or not
                folder.resolve("model-small.onnx"))
            .withValidation(folder.resolve("images/val")) // labelled, to judge by; may be left out
            .withKeepMacs(0.5);
    CompressReport report = Compressor.run(job, WorkListener.NONE); // verified, or it throws
    System.out.printf("%.2f of the MACs, %s%n", report.macs().kept(), report.top1());
    // example ends
    return report;
  }

  @Test
  void works() throws IOException {
    DemoModel.writtenTo(folder.resolve("model.onnx"));
    Files.createDirectory(folder.resolve("images"));
    PngFolder.write(new ShapeImages(11, 12), new ImageIoDecoder(), folder.resolve("images/train"));
    PngFolder.write(new ShapeImages(12, 100), new ImageIoDecoder(), folder.resolve("images/val"));

    CompressReport report = compress(folder);

    assertThat(report.macs().kept()).isLessThanOrEqualTo(0.5);
    assertThat(report.top1().baseline()).isGreaterThan(50);
    assertThat(report.top1().at(Stage.PROJECTED)).isGreaterThan(20);
    assertThat(folder.resolve("model-small.onnx")).isRegularFile();
  }

  @Test
  void standsInTheReadme() throws IOException {
    String example = between(Files.readAllLines(SOURCE), "// example begins", "// example ends");
    String shown = between(Files.readAllLines(README), "<!-- example -->", "<!-- /example -->");

    assertThat(shown).isEqualTo("```java\n" + example + "\n```");
  }

  /** The lines between two markers, unindented. */
  private static String between(List<String> lines, String begin, String end) {
    List<String> stripped = lines.stream().map(String::strip).toList();
    assertThat(stripped).contains(begin, end);
    return lines.subList(stripped.indexOf(begin) + 1, stripped.indexOf(end)).stream()
        .collect(Collectors.joining("\n"))
        .stripIndent();
  }
}
