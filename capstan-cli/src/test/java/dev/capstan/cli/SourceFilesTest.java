package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a model file while a run is on it. */
@Tag("trust")
final class SourceFilesTest {
  @TempDir Path folder;

  /** Bytes of files in folders of the run's own, which come and go while they are counted. */
  private static long copied(File folder) {
    long bytes = 0;
    for (File file : Objects.requireNonNullElse(folder.listFiles(), new File[0])) {
      bytes += folder.getName().startsWith("source") ? file.length() : copied(file);
    }
    return bytes;
  }

  /** Weights are mapped: what reads a mapped file beyond its new end would end the process. */
  @Test
  @Timeout(90)
  void aModelThatIsCutShortIsWorkedOnAsItWas() throws Exception {
    Path model = Samples.model(folder.resolve("m.onnx"), 10);
    Path images = Samples.images(folder.resolve("images"), 40);
    Path output = folder.resolve("small.onnx");
    List<String> arguments =
        List.of(
            "compress",
            model.toString(),
            "--data=" + images,
            "-o",
            output.toString(),
            "--method=l1",
            "--ranks=uniform",
            "--fine-tune-epochs=0",
            "--accept-chance");
    ToolProcess run = ToolProcess.start(folder.resolve("words"), arguments);
    while (copied(folder.toFile()) < Files.size(model) && run.process().isAlive()) {
      Thread.sleep(2);
    }
    assertThat(run.process().isAlive()).as(run.said()).isTrue();
    try (RandomAccessFile file = new RandomAccessFile(model.toFile(), "rw")) {
      file.setLength(0);
    }

    assertThat(run.code()).as(run.said()).isIn(0, 3);
    assertThat(output).isNotEmptyFile();
    assertThat(folder.toFile().list()).noneMatch(name -> name.startsWith("."));
  }
}
