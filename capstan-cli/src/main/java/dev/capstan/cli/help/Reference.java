package dev.capstan.cli.help;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * What the tool's specification says, in plain words: what manual, reference and completion are
 * written from, so that none of them says anything else than the help.
 */
public final class Reference {
  private Reference() {}

  /** The commands, in the order of the help. */
  public static List<CommandSpec> commands(CommandLine tool) {
    return new LinkedHashSet<>(tool.getSubcommands().values())
        .stream().map(CommandLine::getCommandSpec).toList();
  }

  /** The options of a command that are shown, without those that every command has. */
  public static List<OptionSpec> own(CommandSpec command) {
    return command.options().stream()
        .filter(option -> !option.hidden() && !option.inherited())
        .toList();
  }

  /** The options of a group, in the order of the help. */
  public static List<OptionSpec> of(CommandSpec command, OptionGroup group) {
    return own(command).stream().filter(option -> OptionGroup.of(option) == group).toList();
  }

  /** What a command does, in sentences. */
  public static String description(CommandSpec command) {
    return words(String.join(" ", command.usageMessage().description()));
  }

  /** What an argument means: with defaults and candidates put in. */
  public static String description(ArgSpec argument) {
    String text = String.join(" ", argument.description());
    String known = String.valueOf(argument.defaultValue());
    return words(
        text.replace("${DEFAULT-VALUE}", known)
            .replace("${COMPLETION-CANDIDATES}", String.join(", ", candidates(argument))));
  }

  private static String words(String format) {
    return format.replace("%n", " ").replace("%%", "%");
  }

  /** The values that an argument may have, as they are typed; empty for any. */
  public static List<String> candidates(ArgSpec argument) {
    if (argument.completionCandidates() != null) {
      return StreamSupport.stream(argument.completionCandidates().spliterator(), false)
          .map(value -> argument.type().isEnum() ? value.toLowerCase(Locale.ROOT) : value)
          .toList();
    }
    return List.of();
  }

  /** An option as it is typed, with what it takes: {@code -o, --output=FILE}. */
  public static String synopsis(OptionSpec option) {
    String names = String.join(", ", sorted(option));
    return option.arity().max() == 0 ? names : names + "=" + option.paramLabel();
  }

  private static List<String> sorted(OptionSpec option) {
    List<String> names = new ArrayList<>(Arrays.asList(option.names()));
    names.sort((a, b) -> Integer.compare(a.length(), b.length()));
    return names;
  }

  /** How a command is called: {@code capstan compress MODEL --data=DIR [OPTIONS]}. */
  public static String usage(CommandSpec command) {
    String arguments =
        command.positionalParameters().stream()
            .map(PositionalParamSpec::paramLabel)
            .map(label -> " " + label)
            .collect(Collectors.joining());
    String required =
        own(command).stream()
            .filter(OptionSpec::required)
            .map(option -> " " + option.longestName() + "=" + option.paramLabel())
            .collect(Collectors.joining());
    return "capstan " + command.name() + arguments + required + " [OPTIONS]";
  }

  /** The example at the foot of a command's help; empty without one. */
  public static String example(CommandSpec command) {
    Example example = command.userObject().getClass().getAnnotation(Example.class);
    return example == null ? "" : "capstan " + example.value();
  }

  /** The groups that a command has options of. */
  public static Set<OptionGroup> groups(CommandSpec command) {
    Set<OptionGroup> groups = new LinkedHashSet<>();
    for (OptionGroup group : OptionGroup.values()) {
      if (!of(command, group).isEmpty()) {
        groups.add(group);
      }
    }
    return groups;
  }
}
