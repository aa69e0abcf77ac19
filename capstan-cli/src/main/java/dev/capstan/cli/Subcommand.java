package dev.capstan.cli;

import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/**
 * A command of the tool.
 *
 * @param type its class, which says its name and what it does
 * @param create makes it
 */
record Subcommand(Class<?> type, Function<RootCommand, Object> create) {
  String name() {
    return said().name();
  }

  /** Puts it under the tool with all that it takes. */
  void addTo(CommandLine tool, RootCommand root) {
    tool.addSubcommand(create.apply(root));
  }

  /**
   * Puts it there as the tool's own help lists it, and no more: to look at the options of all
   * commands would take longer than the rest of a start.
   */
  void listIn(CommandLine tool) {
    CommandSpec listed = CommandSpec.create().name(name());
    listed.usageMessage().description(said().description());
    tool.addSubcommand(listed);
  }

  private Command said() {
    return type.getAnnotation(Command.class);
  }
}
