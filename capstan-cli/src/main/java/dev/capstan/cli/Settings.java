package dev.capstan.cli;

import dev.capstan.error.InvalidInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Unmatched;

/**
 * Values of options that the command line leaves out: from the environment, else from the
 * configuration file.
 */
final class Settings implements IDefaultValueProvider {
  private static final String PREFIX = "CAPSTAN_";

  private final Map<String, String> environment;
  private final @Nullable Path file;
  private final Map<String, String> entries;

  private Settings(
      Map<String, String> environment, @Nullable Path file, Map<String, String> entries) {
    this.environment = environment;
    this.file = file;
    this.entries = entries;
  }

  /**
   * The settings for a run with these arguments.
   *
   * @throws ParameterException if the file cannot be read or has a key that is no command's option
   */
  static Settings read(CommandLine line, Map<String, String> environment, String[] args) {
    Path file = configFile(environment, args);
    if (file == null) {
      return new Settings(environment, null, Map.of());
    }
    SortedSet<String> known = new TreeSet<>();
    collectKeys(line, known);
    try {
      return new Settings(environment, file, ConfigFile.read(file, known));
    } catch (InvalidInputException e) {
      throw new ParameterException(line, String.valueOf(e.getMessage()), e);
    }
  }

  /** Looks for {@code --config} alone, since it decides what the other options' defaults are. */
  private static @Nullable Path configFile(Map<String, String> environment, String[] args) {
    ConfigOption option = new ConfigOption();
    try {
      new CommandLine(option).parseArgs(args);
    } catch (ParameterException e) {
      // The full parse meets it again and says it with the right command's help.
      return null;
    }
    String variable = environment.getOrDefault(PREFIX + "CONFIG", "");
    return option.file != null || variable.isEmpty() ? option.file : Path.of(variable);
  }

  private static void collectKeys(CommandLine line, SortedSet<String> keys) {
    for (OptionSpec option : line.getCommandSpec().options()) {
      if (isSetting(option)) {
        keys.add(key(option));
      }
    }
    keys.remove("config");
    line.getSubcommands().values().forEach(sub -> collectKeys(sub, keys));
  }

  private static boolean isSetting(OptionSpec option) {
    return !option.usageHelp() && !option.versionHelp();
  }

  private static String key(OptionSpec option) {
    return option.longestName().replaceFirst("^-+", "");
  }

  private static String variable(OptionSpec option) {
    return PREFIX + key(option).toUpperCase(Locale.ROOT).replace('-', '_');
  }

  @Override
  public @Nullable String defaultValue(ArgSpec argument) {
    if (!(argument instanceof OptionSpec option) || !isSetting(option)) {
      return null;
    }
    String variable = environment.getOrDefault(variable(option), "");
    return variable.isEmpty() ? entries.get(key(option)) : variable;
  }

  /** Where the value that an error is about came from, empty for the command line. */
  static String origin(ParameterException e) {
    if (e.getArgSpec() instanceof OptionSpec option
        && e.getCommandLine().getDefaultValueProvider() instanceof Settings settings
        && e.getValue() != null
        && e.getValue().equals(settings.defaultValue(option))) {
      return settings.origin(option);
    }
    return "";
  }

  private String origin(OptionSpec option) {
    boolean isVariable = !environment.getOrDefault(variable(option), "").isEmpty();
    return isVariable ? " (from " + variable(option) + ")" : " (from " + file + ")";
  }

  /** The first parse, which takes anything else as it comes. */
  private static final class ConfigOption {
    @Option(names = "--config")
    private @Nullable Path file;

    @SuppressWarnings("unused")
    @Unmatched
    private List<String> others = new ArrayList<>();
  }
}
