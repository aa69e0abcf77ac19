package dev.capstan.cli.help;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The JSON schema of the file that {@code --config} names: what editors check and complete by. */
public final class ConfigSchema {
  private ConfigSchema() {}

  /** The schema, in values that JSON has. */
  public static Map<String, Object> of(CommandLine tool) {
    Map<String, Object> properties = new TreeMap<>();
    add(properties, tool.getCommandSpec());
    Reference.commands(tool).forEach(command -> add(properties, command));
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    schema.put("title", "Settings of capstan");
    schema.put("type", "object");
    schema.put("additionalProperties", false);
    schema.put("properties", properties);
    return schema;
  }

  /** An option of several commands is described by the first of them. */
  private static void add(Map<String, Object> properties, CommandSpec command) {
    for (OptionSpec option : Reference.own(command)) {
      String key = option.longestName().replaceFirst("^-+", "");
      boolean isSetting = !option.usageHelp() && !option.versionHelp() && !key.equals("config");
      if (isSetting) {
        properties.putIfAbsent(key, property(option));
      }
    }
  }

  private static Map<String, Object> property(OptionSpec option) {
    Map<String, Object> property = new LinkedHashMap<>();
    property.put("description", Reference.description(option));
    if (option.arity().max() == 0) {
      property.put("type", "boolean");
      return property;
    }
    Map<String, Object> one = value(option);
    if (option.isMultiValue()) {
      property.put("anyOf", List.of(one, Map.of("type", "array", "items", one)));
    } else {
      property.putAll(one);
    }
    return property;
  }

  /** A list may also be written as one word with commas; numbers may have a unit. */
  private static Map<String, Object> value(OptionSpec option) {
    List<String> values = Reference.candidates(option);
    if (!values.isEmpty() && !option.isMultiValue()) {
      return Map.of("enum", values);
    }
    return Map.of("type", List.of("string", "number"));
  }
}
