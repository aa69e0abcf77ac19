package dev.capstan.cli.help;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** All commands and options, as a man page or as a document. */
public final class Manual {
  private final CommandLine tool;
  private final List<String> lines = new ArrayList<>();

  private Manual(CommandLine tool) {
    this.tool = tool;
  }

  /** In Markdown, a chapter a command. */
  public static String markdown(CommandLine tool) {
    Manual manual = new Manual(tool);
    manual.document();
    return String.join("\n", manual.lines) + "\n";
  }

  /** In roff, as {@code man} shows it. */
  public static String roff(CommandLine tool) {
    Manual manual = new Manual(tool);
    manual.page();
    return String.join("\n", manual.lines) + "\n";
  }

  private void document() {
    add("# Command line", "");
    add("Written by `capstan man --markdown`. `capstan COMMAND --help-all` says the same.", "");
    for (CommandSpec command : Reference.commands(tool)) {
      add("- [`%s`](#%s)".formatted(command.name(), command.name()));
    }
    add("", "## Of every command", "");
    add("| option | |", "|---|---|");
    Reference.own(tool.getCommandSpec()).forEach(this::row);
    add("", Reference.description(tool.getCommandSpec()), "");
    add(foot());
    Reference.commands(tool).forEach(this::chapter);
  }

  private String foot() {
    String text = String.join("\n\n", tool.getCommandSpec().usageMessage().footer());
    return text.replace("%%", "%").replace("%n", " ");
  }

  private void chapter(CommandSpec command) {
    add("", "## " + command.name(), "", Reference.description(command), "");
    add("```", Reference.usage(command), "```", "");
    add("Example: `%s`".formatted(Reference.example(command)));
    for (PositionalParamSpec argument : command.positionalParameters()) {
      add("", "`%s`: %s".formatted(argument.paramLabel(), Reference.description(argument)));
    }
    for (OptionGroup group : Reference.groups(command)) {
      add("", "**%s**".formatted(group.heading()), "", "| option | |", "|---|---|");
      Reference.of(command, group).forEach(this::row);
    }
  }

  private void row(OptionSpec option) {
    String synopsis = Reference.synopsis(option).replace("|", "\\|");
    String meaning = Reference.description(option).replace("|", "\\|").replace("<", "&lt;");
    add("| `%s` | %s |".formatted(synopsis, meaning));
  }

  private void page() {
    add(".TH CAPSTAN 1", ".SH NAME");
    add(plain("capstan - " + Reference.description(tool.getCommandSpec())));
    add(".SH SYNOPSIS", ".B capstan", "COMMAND [OPTIONS]", ".SH OPTIONS OF EVERY COMMAND");
    Reference.own(tool.getCommandSpec()).forEach(this::entry);
    for (CommandSpec command : Reference.commands(tool)) {
      add(".SH " + plain("capstan " + command.name()).toUpperCase(Locale.ROOT));
      add(plain(Reference.description(command)), ".PP", ".B " + plain(Reference.usage(command)));
      for (PositionalParamSpec argument : command.positionalParameters()) {
        add(".TP", ".B " + plain(argument.paramLabel()), plain(Reference.description(argument)));
      }
      for (OptionGroup group : Reference.groups(command)) {
        add(".SS " + plain(group.heading()));
        Reference.of(command, group).forEach(this::entry);
      }
      add(".PP", "Example: " + plain(Reference.example(command)));
    }
    add(".SH ENVIRONMENT AND EXIT CODES", plain(foot().replace("\n\n", " ")));
  }

  private void entry(OptionSpec option) {
    add(".TP", ".B " + plain(Reference.synopsis(option)), plain(Reference.description(option)));
  }

  /** Nothing in it is a request or an escape; hyphens are those that are typed. */
  private static String plain(String text) {
    String escaped = text.replace("\\", "\\e").replace("-", "\\-");
    return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
  }

  private void add(String... more) {
    lines.addAll(List.of(more));
  }
}
