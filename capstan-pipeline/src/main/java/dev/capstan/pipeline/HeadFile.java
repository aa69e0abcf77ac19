package dev.capstan.pipeline;

import dev.capstan.graph.Graph;
import dev.capstan.onnx.OnnxWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A network without its tail, in a file of its own for a while. Owns the folder it lies in. */
record HeadFile(Path folder) implements AutoCloseable {
  /** Writes the head of a graph into a new folder beside a file. */
  static HeadFile beside(Path neighbour, Graph graph) {
    Path parent = neighbour.toAbsolutePath().resolveSibling("");
    try {
      HeadFile head = new HeadFile(Files.createTempDirectory(parent, ".capstan-head"));
      OnnxWriter.write(graph.edit().tail(null).build(), head.file());
      return head;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The ONNX file. */
  Path file() {
    return folder.resolve("head.onnx");
  }

  @Override
  public void close() {
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
