package dev.capstan.pipeline.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.error.InvalidInputException;
import dev.capstan.job.CompressJob;
import dev.capstan.pipeline.TinyInputs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of a result: {@link ResultFiles}, {@link OutputFile} and {@link JsonFile}. */
final class OutputFilesTest {
  @TempDir Path folder;

  private CompressJob job(String model, String output) {
    return CompressJob.of(folder.resolve(model), folder, folder.resolve(output));
  }

  private void writeModel() throws IOException {
    Files.writeString(folder.resolve("model.onnx"), "model");
  }

  @Test
  void aResultsFilesLieBesideTheModel() {
    ResultFiles files = ResultFiles.of(folder.resolve("small.onnx"));

    assertThat(files.all())
        .containsExactly(
            folder.resolve("small.bases.safetensors"),
            folder.resolve("small.onnx.data"),
            folder.resolve("small.onnx"),
            folder.resolve("small.capstan.json"));
    assertThat(files.in(folder.resolve("draft")))
        .isEqualTo(ResultFiles.of(folder.resolve("draft").resolve("small.onnx")));
  }

  @Test
  void aNameWithoutAnEndingIsNotCut() {
    ResultFiles files = ResultFiles.of(folder.resolve("small.v2"));

    assertThat(files.bases()).isEqualTo(folder.resolve("small.v2.bases.safetensors"));
    assertThat(files.record()).isEqualTo(folder.resolve("small.v2.capstan.json"));
  }

  @Test
  void theModelThatIsReadIsNotWrittenOver() throws IOException {
    writeModel();
    Files.createLink(folder.resolve("same.onnx"), folder.resolve("model.onnx"));

    for (String output :
        new String[] {"model.onnx", "../" + folder.getFileName() + "/model.onnx", "same.onnx"}) {
      assertThatThrownBy(() -> ResultFiles.checked(job("model.onnx", output)))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("is the model to compress");
    }
  }

  @Test
  void aFileThatNoRunWroteIsReplacedOnlyIfThatIsAskedFor() throws IOException {
    writeModel();
    Path other = Files.writeString(folder.resolve("other.onnx"), "another's");
    CompressJob job = job("model.onnx", "other.onnx");

    assertThatThrownBy(() -> ResultFiles.checked(job))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("is there already");
    assertThat(ResultFiles.checked(job.withOverwrite()).model()).isEqualTo(other);

    Files.writeString(folder.resolve("other.capstan.json"), "{}");
    assertThat(ResultFiles.checked(job).model()).isEqualTo(other);
  }

  @Test
  void whereOneFileOfAResultCannotBeWrittenItIsRefused() throws IOException {
    writeModel();
    Files.createDirectory(folder.resolve("small.capstan.json"));

    assertThatThrownBy(() -> ResultFiles.checked(job("model.onnx", "small.onnx")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("small.capstan.json: is a folder");
  }

  @Test
  void anOutputNeedsAFolderAndIsNone() throws IOException {
    assertThatThrownBy(() -> OutputFile.checked(folder.resolve("missing").resolve("x.onnx")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("there is no folder")
        .hasMessageContaining("missing");
    assertThatThrownBy(() -> OutputFile.checked(folder))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("is a folder");
    assertThat(OutputFile.checked(folder.resolve("x.onnx"))).isEqualTo(folder.resolve("x.onnx"));
    assertThat(OutputFile.checked(Path.of("x.onnx"))).isEqualTo(Path.of("x.onnx"));
    assertThat(TinyInputs.names(folder)).isEmpty();
    assertThat(Path.of("x.onnx")).doesNotExist();
  }

  @Test
  void jsonIsIndentedAndEndsItsLastLine() throws IOException {
    Path file = folder.resolve("x.json");
    JsonFile.write(file, Map.of("name", "ä"));

    assertThat(Files.readString(file)).isEqualTo("{\n  \"name\" : \"ä\"\n}\n");
  }

  @Test
  void aValueThatIsNoJsonLeavesTheFileThatWasThere() throws IOException {
    Path file = folder.resolve("x.json");
    JsonFile.write(file, Map.of("name", 1));
    byte[] before = Files.readAllBytes(file);

    assertThatThrownBy(() -> JsonFile.write(file, Map.of("name", new Endless())))
        .isInstanceOf(RuntimeException.class);

    assertThat(Files.readAllBytes(file)).isEqualTo(before);
    assertThat(TinyInputs.names(folder)).containsExactly("x.json");
  }

  /** Holds itself. */
  public static final class Endless {
    public Endless getSelf() {
      return this;
    }
  }
}
