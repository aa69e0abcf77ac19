package dev.capstan.pipeline;

import static java.util.Objects.requireNonNull;

import dev.capstan.pipeline.demo.Demo;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The network that the demo compresses: the trained one that tests can rely on. */
public final class DemoModel {
  private DemoModel() {}

  /** Copies it into a file. */
  public static Path writtenTo(Path file) throws IOException {
    try (InputStream model = Demo.class.getResourceAsStream("demo.onnx")) {
      Files.copy(requireNonNull(model), file);
    }
    return file;
  }
}
