package dev.capstan.cli.help;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What makes fish complete commands, options and their values. */
public final class FishCompletion {
  private FishCompletion() {}

  /** The script. */
  public static String of(CommandLine tool) {
    List<String> lines = new ArrayList<>();
    lines.add("# fish completion for capstan");
    for (CommandSpec command : Reference.commands(tool)) {
      lines.add(
          "complete -c capstan -n __fish_use_subcommand -f -a %s -d %s"
              .formatted(command.name(), quoted(sentence(Reference.description(command)))));
    }
    for (OptionSpec option : Reference.own(tool.getCommandSpec())) {
      lines.add("complete -c capstan" + option(option));
    }
    for (CommandSpec command : Reference.commands(tool)) {
      for (OptionSpec option : Reference.own(command)) {
        lines.add(
            "complete -c capstan -n '__fish_seen_subcommand_from %s'".formatted(command.name())
                + option(option));
      }
    }
    return String.join("\n", lines) + "\n";
  }

  private static String option(OptionSpec option) {
    StringBuilder text = new StringBuilder();
    for (String name : option.names()) {
      text.append(name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.substring(1));
    }
    List<String> values = Reference.candidates(option);
    if (!values.isEmpty()) {
      text.append(" -x -a ").append(quoted(String.join(" ", values)));
    } else if (option.arity().min() > 0) {
      text.append(" -r");
    }
    return text.append(" -d ").append(quoted(sentence(Reference.description(option)))).toString();
  }

  /** The first one. */
  private static String sentence(String text) {
    int end = text.indexOf(". ");
    return end < 0 ? text : text.substring(0, end);
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
