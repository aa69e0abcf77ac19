package dev.capstan.pipeline.input;

import dev.capstan.error.InvalidInputException;
import dev.capstan.files.InputFile;
import dev.capstan.files.Sha256;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What lies beside a result and tells of it, {@code NAME.capstan.json}. It comes into place last
 * and holds the hashes of the files that came before, so that files of two runs are told apart.
 */
public final class ResultRecord {
  /** The key under which the hashes stand, by the files' names. */
  public static final String FILES = "files";

  private static final String ONNX = ".onnx";
  private static final String RECORD = ".capstan.json";
  private static final JsonMapper JSON = new JsonMapper();

  private ResultRecord() {}

  /** The name of a model's file without its ending. */
  public static String stem(Path model) {
    String name = model.getFileName().toString();
    return name.endsWith(ONNX) ? name.substring(0, name.length() - ONNX.length()) : name;
  }

  /** Where the record of a model lies. */
  public static Path of(Path model) {
    return model.resolveSibling(stem(model) + RECORD);
  }

  /** Whether a file is one, by its name. */
  public static boolean isOne(Path file) {
    return file.getFileName().toString().endsWith(RECORD);
  }

  /**
   * Checks that a model, where a record lies beside it, is the one of that record, and so are the
   * other files of the result.
   *
   * @throws InvalidInputException naming the file that is another
   */
  public static void check(Path model) {
    Path record = of(model);
    if (InputFile.flaw(record) != null) {
      return;
    }
    for (Map.Entry<String, JsonNode> entry : hashes(record)) {
      Path file = model.resolveSibling(Path.of(entry.getKey()).getFileName());
      String flaw = InputFile.flaw(file);
      if (flaw != null || !Sha256.of(List.of(file)).equals(entry.getValue().asString(""))) {
        throw new InvalidInputException(
            "%s: expected the file that %s tells of, found %s: a run was stopped while its files came into place, or the file was changed; do the run again, or remove %s"
                .formatted(file, record, flaw == null ? "another" : flaw, record));
      }
    }
  }

  private static Iterable<Map.Entry<String, JsonNode>> hashes(Path record) {
    try {
      return JSON.readTree(InputFile.text(record)).path(FILES).properties();
    } catch (JacksonException e) {
      throw new InvalidInputException(
          record + ": expected the record of a result in JSON, found something else; remove it", e);
    }
  }
}
