package dev.capstan.pipeline.result;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * In what settings differ from those of an earlier run.
 *
 * @param lines {@code NAME was A, now it is B}, in the order of names
 */
public record SettingsDifference(List<String> lines) {
  /** In what settings of now are others, but for some keys; what they do not name may be any. */
  public static SettingsDifference of(JsonNode before, JsonNode now, List<String> unless) {
    Map<String, JsonNode> then = leaves(before);
    Map<String, JsonNode> wanted = leaves(now);
    unless.forEach(wanted::remove);
    List<String> lines = new ArrayList<>();
    wanted.forEach(
        (name, value) -> {
          if (!value.equals(then.get(name))) {
            lines.add("%s was %s, now it is %s".formatted(name, then.get(name), value));
          }
        });
    return new SettingsDifference(lines);
  }

  /** The first difference of names that begin so. */
  Optional<String> in(List<String> prefixes) {
    return lines.stream().filter(line -> prefixes.stream().anyMatch(line::startsWith)).findFirst();
  }

  /** The first difference of other names. */
  Optional<String> beside(List<String> prefixes) {
    return lines.stream().filter(line -> prefixes.stream().noneMatch(line::startsWith)).findFirst();
  }

  private static Map<String, JsonNode> leaves(JsonNode node) {
    Map<String, JsonNode> leaves = new TreeMap<>();
    node.properties()
        .forEach(
            entry -> {
              if (entry.getValue().isObject()) {
                leaves(entry.getValue())
                    .forEach((name, leaf) -> leaves.put(entry.getKey() + "." + name, leaf));
              } else {
                leaves.put(entry.getKey(), entry.getValue());
              }
            });
    return leaves;
  }
}
