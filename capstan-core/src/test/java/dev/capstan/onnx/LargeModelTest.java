package dev.capstan.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.sun.management.ThreadMXBean;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Graph;
import dev.capstan.testing.OnnxModels;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Models are read and written without being held in memory. {@code -Dcapstan.largeModelMiB=2500}
 * makes the model as large as that.
 */
@Tag("trust")
class LargeModelTest {
  private static final int MIB = Integer.getInteger("capstan.largeModelMiB", 32);
  private static final int SIDE = 2048;
  private static final long LAYER = 4L * SIDE * SIDE;
  private static final int LAYERS = Math.toIntExact(((long) MIB << 20) / LAYER);

  /** Protobuf holds no more in one file. */
  private static final int MOST_INLINE = 1900;

  @TempDir Path folder;
  private Path model;
  private Path data;

  @BeforeEach
  void writeModel() throws IOException {
    data = folder.resolve("weights.bin");
    try (RandomAccessFile file = new RandomAccessFile(data.toFile(), "rw")) {
      file.setLength(LAYERS * LAYER);
    }
    OnnxModels whole = OnnxModels.opset(13).input("v0", "N", SIDE);
    for (int i = 0; i < LAYERS; i++) {
      whole.initializer(weights(i)).node("MatMul", "v" + i + " w" + i, "v" + (i + 1));
    }
    model = whole.output("v" + LAYERS).write(folder.resolve("model.onnx"));
  }

  private static TensorProto weights(int layer) {
    return TensorProto.newBuilder()
        .setName("w" + layer)
        .setDataType(1)
        .addDims(SIDE)
        .addDims(SIDE)
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .addExternalData(entry("location", "weights.bin"))
        .addExternalData(entry("offset", Long.toString(layer * LAYER)))
        .addExternalData(entry("length", Long.toString(LAYER)))
        .build();
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  private interface Work {
    void run() throws IOException;
  }

  /** Bytes that work takes from the heap, given back or not. */
  private static long allocated(Work work) throws IOException {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    work.run();
    return threads.getCurrentThreadAllocatedBytes() - before;
  }

  /** What the process held at most, mapped files included. */
  private static long peakBytes() throws IOException {
    Path status = Path.of("/proc/self/status");
    assumeTrue(Files.exists(status));
    String line =
        Files.readAllLines(status).stream().filter(l -> l.startsWith("VmHWM")).findFirst().get();
    return Long.parseLong(line.replaceAll("\\D", "")) << 10;
  }

  private static void assertOutsideOfTheHeap(Graph graph) {
    assertThat(graph.constants().values()).allMatch(constant -> constant.bytes().isDirect());
  }

  @Test
  void tensorsStayInTheirFiles() throws IOException {
    Path inline = folder.resolve("inline.onnx");
    Path external = folder.resolve("external.onnx");
    long heap =
        allocated(
            () -> {
              Graph graph = OnnxReader.read(model);
              assertOutsideOfTheHeap(graph);
              if (MIB < MOST_INLINE) {
                OnnxWriter.write(graph, inline);
                graph = OnnxReader.read(inline);
                assertOutsideOfTheHeap(graph);
              }
              OnnxWriter.write(graph, external, 0);
            });

    assertThat(heap).isLessThan(LAYER);
    assertThat(Files.size(folder.resolve("external.onnx.data"))).isEqualTo(LAYERS * LAYER);
    if (MIB > 500) {
      // As long as it is in use, each model that was read is mapped.
      int models = MIB < MOST_INLINE ? 2 : 1;
      assertThat(peakBytes()).isLessThan(2 * models * LAYERS * LAYER);
    }
  }

  @Test
  void sizeAndHashAreThoseOfAllFiles() throws IOException {
    ModelFiles before = ModelFiles.of(model);
    assertThat(before.files()).containsExactly(model, data);
    assertThat(before.bytes()).isEqualTo(Files.size(model) + LAYERS * LAYER);
    String hash = before.sha256();
    assertThat(hash).hasSize(64).isEqualTo(ModelFiles.of(model).sha256());

    try (RandomAccessFile file = new RandomAccessFile(data.toFile(), "rw")) {
      file.seek(LAYER + 17);
      file.write(1);
    }

    assertThat(ModelFiles.of(model).sha256()).isNotEqualTo(hash);
  }

  @Test
  void aCopyIsOfAllFilesAndHasTheirHash() throws IOException {
    StoredModel stored = StoredModel.at(model);
    Path copies = Files.createDirectory(folder.resolve("copies"));
    StoredModel copy = StoredModel.copied(model, copies);

    assertThat(copy.sha256()).isEqualTo(stored.sha256());
    assertThat(copy.bytes()).isEqualTo(stored.bytes());
    assertThat(copy.name()).isEqualTo(model);
    assertThat(copies.resolve(data.getFileName())).hasSameBinaryContentAs(data);
    Files.delete(data);
    assertThat(OnnxReader.read(copy.file()).nodes()).isNotEmpty();
    assertThatThrownBy(() -> StoredModel.copied(model, Files.createDirectory(folder.resolve("x"))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(model + ": external data")
        .hasMessageContaining("no such file");
  }

  @Test
  void aMissingFileIsNamed() throws IOException {
    Files.delete(data);
    assertThatThrownBy(() -> OnnxReader.read(model))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("weights.bin");
  }

  private void resize(long bytes) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(data.toFile(), "rw")) {
      file.setLength(bytes);
    }
  }

  /** Holes cost who made the file nothing, and all of it would be hashed. */
  @Test
  void aLargeFileOfWhichLittleIsUsedIsRefused() throws IOException {
    long elements = LAYERS * LAYER / Float.BYTES;
    long most = Math.max(ExternalData.LARGE_BYTES, ExternalData.MAX_BYTES_AN_ELEMENT * elements);
    resize(most);
    assertThat(ModelFiles.of(model).files()).contains(data);
    resize(most + 1);
    assertThatThrownBy(() -> ModelFiles.of(model))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("little more than the %d elements that lie in it", elements);
  }
}
