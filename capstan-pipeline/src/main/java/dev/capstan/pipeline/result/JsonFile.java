package dev.capstan.pipeline.result;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.capstan.files.AtomicFile;
import java.nio.file.Path;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Files of indented JSON, ended by a line feed. */
public final class JsonFile {
  public static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private JsonFile() {}

  /**
   * Writes a value. The file is there complete or not at all.
   *
   * @throws dev.capstan.error.InvalidInputException if it cannot be written
   */
  public static void write(Path file, Object value) {
    byte[] bytes = (JSON.writeValueAsString(value) + "\n").getBytes(UTF_8);
    AtomicFile.write(file, stream -> stream.write(bytes));
  }
}
