package dev.capstan.rank.allocate;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.capstan.error.InvalidInputException;
import dev.capstan.files.AtomicFile;
import dev.capstan.files.InputFile;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A JSON file that people may edit, and what is said of its mistakes. */
record JsonDocument(Path file, JsonNode content) {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  /** A new one, to be written. */
  static ObjectNode create(String format) {
    return JSON.createObjectNode().put("format", format);
  }

  /** Writes a document. The file is there complete or not at all. */
  static void write(ObjectNode content, Path file) {
    AtomicFile.write(
        file, stream -> stream.write((JSON.writeValueAsString(content) + "\n").getBytes(UTF_8)));
  }

  static JsonDocument read(Path file) {
    try {
      return new JsonDocument(file, JSON.readTree(InputFile.text(file)));
    } catch (JacksonException e) {
      throw new InvalidInputException(
          "%s: expected JSON, found %s%s; correct it or plan again"
              .formatted(
                  file,
                  place(e.getLocation()),
                  e.getOriginalMessage().lines().findFirst().orElse("an error")),
          e);
    }
  }

  /** What is too deep or too long has no place. */
  private static String place(@Nullable TokenStreamLocation found) {
    return found == null
        ? ""
        : "at line %d, column %d: ".formatted(found.getLineNr(), found.getColumnNr());
  }

  void expect(String key, String expected, String advice) {
    String found = content.path(key).asString("none");
    if (!found.equals(expected)) {
      throw error("expected %s %s, found %s; %s".formatted(key, expected, found, advice));
    }
  }

  InvalidInputException error(String message) {
    return new InvalidInputException(file + ": " + message);
  }
}
