package dev.capstan.cli;

import dev.capstan.error.InvalidInputException;
import dev.capstan.files.InputFile;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** A YAML file of options: {@code name: value}, or a list of values. */
final class ConfigFile {
  private static final YAMLMapper YAML =
      YAMLMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private ConfigFile() {}

  /**
   * The file's entries as an option would be given: lists joined by commas.
   *
   * @param known the keys that mean something
   * @throws InvalidInputException if the file cannot be read, or names the key that is wrong
   */
  static Map<String, String> read(Path file, Set<String> known) {
    Map<String, String> entries = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> property : root(file).properties()) {
      String key = property.getKey();
      if (!known.contains(key)) {
        throw new InvalidInputException(
            "%s: unknown key '%s', known are %s".formatted(file, key, String.join(", ", known)));
      }
      entries.put(key, text(file, key, property.getValue()));
    }
    return entries;
  }

  private static JsonNode root(Path file) {
    try {
      JsonNode root = YAML.readTree(InputFile.text(file));
      if (root.isObject() || root.isMissingNode() || root.isNull()) {
        return root;
      }
      throw new InvalidInputException(file + ": expected lines of the form 'option: value'");
    } catch (JacksonException e) {
      String reason = e.getOriginalMessage().lines().findFirst().orElse("");
      throw new InvalidInputException(file + ": cannot be read as YAML: " + reason, e);
    }
  }

  private static String text(Path file, String key, JsonNode value) {
    if (value.isArray()) {
      return value.values().stream()
          .map(element -> text(file, key, element))
          .collect(Collectors.joining(","));
    }
    if (value.isObject() || value.isNull()) {
      throw new InvalidInputException(
          "%s: '%s' needs a value or a list of values".formatted(file, key));
    }
    return value.asString();
  }
}
