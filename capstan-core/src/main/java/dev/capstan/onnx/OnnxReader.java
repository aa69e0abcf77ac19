package dev.capstan.onnx;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Graph;
import java.nio.file.Path;

/**
 * Reads ONNX models of opsets 7 to 26.
 *
 * <p>The file is mapped, and the graph's constants are views of it: the file must stay as it is
 * while the graph is in use (replacing it as a whole, as {@link OnnxWriter} does, is fine). The
 * memory is given back when nothing refers to the graph any more.
 */
public final class OnnxReader {
  private OnnxReader() {}

  /**
   * Reads a model.
   *
   * <p>Constant inputs that say how an operator works (limits, pads, axes) become part of it;
   * Constant nodes become constants; initializers that are inputs too are constants; nodes without
   * a name of their own get one.
   *
   * @throws InvalidInputException naming the file, and node or tensor where it is one, if the file
   *     cannot be read, is no whole ONNX model, or says what is not supported
   */
  public static Graph read(Path file) {
    Graph graph = readPart(file);
    graph
        .tail()
        .ifPresent(
            tail -> {
              throw new InvalidInputException(file + ": " + tail.reasons().get(0));
            });
    return graph;
  }

  /**
   * Reads a model as far as its operators are supported. The rest is the graph's tail, which {@link
   * OnnxWriter} writes after it.
   *
   * @throws InvalidInputException as {@link #read}, but not for what is only not supported
   */
  public static Graph readPart(Path file) {
    try {
      Path folder = file.toAbsolutePath().resolveSibling("");
      TensorReader tensors = new TensorReader(new ExternalData(folder));
      return GraphReader.read(ModelFile.read(file), tensors);
    } catch (InvalidInputException e) {
      throw new InvalidInputException(file + ": " + e.getMessage(), e);
    }
  }
}
