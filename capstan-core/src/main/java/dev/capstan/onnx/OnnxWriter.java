package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.capstan.error.InvalidInputException;
import dev.capstan.files.AtomicFile;
import dev.capstan.graph.Graph;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;

/**
 * Writes ONNX models in the opset that the graph's metadata names.
 *
 * <p>Tensors are streamed from where they lie, not copied.
 */
public final class OnnxWriter {
  /** Protobuf ends at 2 GiB; the rest is left for nodes and names. */
  private static final long INLINE_LIMIT = 1_900L << 20;

  private OnnxWriter() {}

  /**
   * Writes a model, moved into place when it is whole. Where its tensors exceed 1900 MiB they go to
   * {@code FILE.data} beside it.
   *
   * @throws InvalidInputException naming the file, if it cannot be written (what was there stays as
   *     it was) or the graph's opset cannot say what an operator does
   */
  public static void write(Graph graph, Path file) {
    write(graph, file, INLINE_LIMIT);
  }

  static void write(Graph graph, Path file, long inlineLimit) {
    long bytes = graph.constants().values().stream().mapToLong(c -> c.bytes().remaining()).sum();
    try {
      if (bytes <= inlineLimit) {
        writeInline(graph, file);
      } else {
        writeExternal(graph, file);
      }
    } catch (InvalidInputException e) {
      throw new InvalidInputException("cannot write " + file + ": " + e.getMessage(), e);
    }
  }

  private static void writeInline(Graph graph, Path file) {
    ModelProto model = GraphWriter.write(graph, TensorWriter::inline);
    try (AtomicFile draft = AtomicFile.of(file, model::writeTo)) {
      draft.commit();
    }
  }

  private static void writeExternal(Graph graph, Path file) {
    Path data = file.resolveSibling(file.getFileName() + ".data");
    ExternalTensors tensors = new ExternalTensors(String.valueOf(data.getFileName()));
    ModelProto model = GraphWriter.write(graph, tensors);
    try (AtomicFile tensorDraft = AtomicFile.of(data, tensors::writeTo);
        AtomicFile modelDraft = AtomicFile.of(file, model::writeTo)) {
      tensorDraft.commit();
      modelDraft.commit();
    }
  }

  /**
   * Writes a model to a stream, which is not closed.
   *
   * @throws InvalidInputException if the graph's opset cannot say what an operator does
   * @throws IOException if the stream fails
   */
  public static void write(Graph graph, OutputStream stream) throws IOException {
    GraphWriter.write(graph, TensorWriter::inline).writeTo(stream);
  }
}
