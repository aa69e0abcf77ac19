package dev.capstan.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.capstan.error.InvalidInputException;
import dev.capstan.files.AtomicFile;
import dev.capstan.graph.DataType;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.op.Clip;
import dev.capstan.graph.op.Softmax;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file is there as a whole, or as it was. */
@Tag("trust")
class OnnxWriterTest {
  private static final TensorType ROW = new TensorType(DataType.FLOAT32, Shape.of(-1, 3));

  @TempDir Path folder;

  private static Graph graph() {
    return Graph.builder("g")
        .input("x", ROW)
        .node(new Clip(-1, 1), "y", "x")
        .output("y", ROW)
        .build();
  }

  @Test
  void replacesAFileAndLeavesNothingElse() throws IOException {
    Path file = Files.writeString(folder.resolve("m.onnx"), "old");

    OnnxWriter.write(graph(), file);

    assertThat(OnnxReader.read(file)).hasToString(graph().toString());
    assertThat(files()).containsExactly("m.onnx");
  }

  @Test
  void theFileReadFromMayBeReplaced() {
    Path file = folder.resolve("m.onnx");
    OnnxWriter.write(graph(), file);
    Graph read = OnnxReader.read(file);

    OnnxWriter.write(read, file);

    assertThat(OnnxReader.read(file)).hasToString(read.toString());
  }

  @Test
  void folderThatIsMissingOrNoFolder() throws IOException {
    Path missing = folder.resolve("none/m.onnx");
    assertRefused(graph(), missing, "there is no folder");
    Path file = Files.createFile(folder.resolve("file"));
    assertRefused(graph(), file.resolve("m.onnx"), "there is no folder");
    assertRefused(graph(), folder, "is a folder");
    assertThat(files()).containsExactly("file");
  }

  @Test
  void folderThatCannotBeWritten() throws IOException {
    Path locked = Files.createDirectory(folder.resolve("locked"));
    assumeThat(locked.toFile().setWritable(false)).isTrue();
    assumeThat(Files.isWritable(locked)).as("root may write anywhere").isFalse();

    assertRefused(graph(), locked.resolve("m.onnx"), "cannot write");
  }

  @Test
  void failureHalfwayLeavesTheOldFile() throws IOException {
    Path file = Files.writeString(folder.resolve("m.onnx"), "old");

    assertThatThrownBy(() -> AtomicFile.of(file, OnnxWriterTest::breakOff))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("disk full");

    assertThat(file).hasContent("old");
    assertThat(files()).containsExactly("m.onnx");
  }

  private static void breakOff(OutputStream stream) throws IOException {
    stream.write(new byte[100_000]);
    throw new IOException("disk full");
  }

  @Test
  void whatTheOpsetCannotSayNamesTheNode() {
    Graph graph =
        Graph.builder("g")
            .input("x", ROW)
            .node(new Softmax(0, true), "y", "x")
            .output("y", ROW)
            .build();

    assertRefused(
        graph,
        folder.resolve("m.onnx"),
        "node 'y' (Softmax): softmax over several axes cannot be said in opset 17");
    assertThat(folder).isEmptyDirectory();
  }

  private static void assertRefused(Graph graph, Path file, String message) {
    assertThatThrownBy(() -> OnnxWriter.write(graph, file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("cannot write " + file + ": ")
        .hasMessageContaining(message);
  }

  private List<String> files() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(file -> String.valueOf(file.getFileName())).toList();
    }
  }
}
