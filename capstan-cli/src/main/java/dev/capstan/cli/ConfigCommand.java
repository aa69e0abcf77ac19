package dev.capstan.cli;

import static java.util.Objects.requireNonNull;

import dev.capstan.cli.help.ConfigSchema;
import dev.capstan.cli.help.Everyday;
import dev.capstan.cli.help.Example;
import dev.capstan.cli.help.InGroup;
import dev.capstan.cli.help.OptionGroup;
import dev.capstan.cli.help.Reference;
import dev.capstan.cli.table.Table;
import dev.capstan.cli.table.Table.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code capstan config}: what settings are, and where they come from. */
@Example("config compress --config settings.yaml")
@Command(
    name = "config",
    description = {
      "Show each setting of a command as it would be: its value, and whether the environment, the"
          + " file of --config or the default says so.",
      "What a command line says comes before all of these."
    })
final class ConfigCommand implements Callable<Integer> {
  private final RootCommand root;

  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      paramLabel = "COMMAND",
      arity = "0..1",
      defaultValue = "compress",
      description = "The command whose settings are shown. Default: ${DEFAULT-VALUE}.")
  private String command = "compress";

  @Everyday
  @InGroup(OptionGroup.FILES)
  @Option(
      names = "--schema",
      description = "Print the JSON schema of the file that --config names instead.")
  private boolean schema;

  ConfigCommand(RootCommand root) {
    this.root = root;
  }

  /**
   * A setting.
   *
   * @param name as the file of settings names it
   * @param value null where nothing is said
   * @param from what says so
   */
  record Setting(String name, @Nullable String value, String from) {}

  @Override
  public Integer call() {
    CommandLine tool = Main.tool();
    if (schema) {
      root.console().out().println(RootCommand.toJson(ConfigSchema.of(tool)));
      return ExitCode.DONE;
    }
    CommandLine asked = tool.getSubcommands().get(command);
    if (asked == null) {
      throw new ParameterException(
          requireNonNull(spec).commandLine(),
          "expected one of %s, found '%s'"
              .formatted(String.join(", ", tool.getSubcommands().keySet()), command));
    }
    Settings settings = (Settings) requireNonNull(spec).root().defaultValueProvider();
    List<Setting> all = settings(asked.getCommandSpec(), settings);
    int width = root.console().columns();
    root.print(all, () -> table(all).within(width).toString());
    return ExitCode.DONE;
  }

  private List<Setting> settings(CommandSpec asked, Settings settings) {
    Stream<OptionSpec> common = Reference.own(requireNonNull(spec).root()).stream();
    List<Setting> all = new ArrayList<>();
    Stream.concat(Reference.own(asked).stream(), common)
        .filter(Settings::isSetting)
        .forEach(
            option -> {
              Map.Entry<String, String> said = settings.said(option);
              all.add(
                  said != null
                      ? new Setting(Settings.key(option), said.getValue(), said.getKey())
                      : new Setting(Settings.key(option), usual(option), "default"));
            });
    return all;
  }

  private static @Nullable String usual(OptionSpec option) {
    String known = option.defaultValue();
    return known == null && option.arity().max() == 0 ? "false" : known;
  }

  private static Table table(List<Setting> settings) {
    return new Table(
        List.of(Column.words("setting"), Column.words("value"), Column.words("from")),
        settings.stream()
            .map(
                setting ->
                    List.of(
                        setting.name(),
                        setting.value() == null ? "-" : setting.value(),
                        setting.from()))
            .toList());
  }
}
