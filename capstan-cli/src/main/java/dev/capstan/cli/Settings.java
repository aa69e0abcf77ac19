package dev.capstan.cli;

import dev.capstan.cli.option.JobOptions;
import dev.capstan.error.InvalidInputException;
import dev.capstan.pipeline.result.CompressRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
 * configuration file. A job that is done again takes those of its record and no others, but for
 * what is no job's.
 */
final class Settings implements IDefaultValueProvider {
  private static final String PREFIX = "CAPSTAN_";

  private static final Pattern VARIABLE = Pattern.compile(PREFIX + "[A-Z0-9_]+");

  /** What the environment and the file say, by the options' names. */
  private final Map<String, String> variables;

  private final @Nullable Path file;
  private final Map<String, String> entries;

  /** Null where no record is asked for. */
  private final @Nullable Map<String, String> recorded;

  private Settings(
      Map<String, String> variables,
      @Nullable Path file,
      Map<String, String> entries,
      @Nullable Map<String, String> recorded) {
    this.variables = variables;
    this.file = file;
    this.entries = entries;
    this.recorded = recorded;
  }

  /**
   * The settings for a run with these arguments.
   *
   * @param line what says so where something is wrong
   * @param tool gives all options that there are, asked only where a file names some
   * @throws ParameterException if the file cannot be read or has a key that is no command's option
   */
  static Settings read(
      CommandLine line,
      Supplier<CommandLine> tool,
      Map<String, String> environment,
      String[] args) {
    EarlyOptions early = EarlyOptions.of(args);
    Path file = early.config(environment);
    Set<String> onLine = JobOptions.excludedBy(given(args));
    Map<String, String> variables = new TreeMap<>(variables(environment));
    variables.keySet().removeAll(onLine);
    Set<String> before = JobOptions.excludedBy(variables.keySet());
    before.addAll(onLine);
    try {
      return new Settings(
          variables,
          file,
          file == null ? Map.of() : without(before, entries(tool.get(), file)),
          early.from == null ? null : without(onLine, recorded(early.from)));
    } catch (InvalidInputException e) {
      throw new ParameterException(line, String.valueOf(e.getMessage()), e);
    }
  }

  private static Map<String, String> entries(CommandLine tool, Path file) {
    SortedSet<String> known = new TreeSet<>();
    collectKeys(tool, known);
    return ConfigFile.read(file, known);
  }

  private static Map<String, String> recorded(Path record) {
    return JobOptions.of(CompressRecord.read(record).job());
  }

  /** What is given in place of an alternative does away with that, wherever it is said. */
  private static Map<String, String> without(Set<String> excluded, Map<String, String> options) {
    Map<String, String> rest = new TreeMap<>(options);
    rest.keySet().removeAll(excluded);
    return rest;
  }

  /** Names of the options that a command line gives. */
  private static Set<String> given(String[] args) {
    return Stream.of(args)
        .filter(arg -> arg.startsWith("--"))
        .map(arg -> arg.substring(2).replaceFirst("=.*", ""))
        .collect(Collectors.toSet());
  }

  /** What the environment says, by the options' names. */
  private static Map<String, String> variables(Map<String, String> environment) {
    return environment.entrySet().stream()
        .filter(entry -> VARIABLE.matcher(entry.getKey()).matches() && !entry.getValue().isEmpty())
        .collect(
            Collectors.toMap(
                entry ->
                    entry
                        .getKey()
                        .substring(PREFIX.length())
                        .toLowerCase(Locale.ROOT)
                        .replace('_', '-'),
                Map.Entry::getValue));
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

  static boolean isSetting(OptionSpec option) {
    return !option.usageHelp() && !option.versionHelp();
  }

  static String key(OptionSpec option) {
    return option.longestName().replaceFirst("^-+", "");
  }

  private static String variable(OptionSpec option) {
    return PREFIX + key(option).toUpperCase(Locale.ROOT).replace('-', '_');
  }

  @Override
  public @Nullable String defaultValue(ArgSpec argument) {
    if (recorded != null && isOfJob(argument)) {
      return recorded.get(name(argument));
    }
    if (!(argument instanceof OptionSpec option) || !isSetting(option)) {
      return null;
    }
    String variable = variables.get(key(option));
    return variable == null ? entries.get(key(option)) : variable;
  }

  private static boolean isOfJob(ArgSpec argument) {
    return !(argument instanceof OptionSpec option) || !option.inherited();
  }

  private static String name(ArgSpec argument) {
    return argument instanceof OptionSpec option ? key(option) : argument.paramLabel();
  }

  /** Who says what of an option beside the command line: origin and value, null for nobody. */
  Map.@Nullable Entry<String, String> said(OptionSpec option) {
    String variable = variables.get(key(option));
    String entry = entries.get(key(option));
    if (variable != null) {
      return Map.entry("environment " + variable(option), variable);
    }
    return entry == null ? null : Map.entry("file " + file, entry);
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
    if (recorded != null && isOfJob(option)) {
      return " (from the record)";
    }
    return variables.containsKey(key(option))
        ? " (from " + variable(option) + ")"
        : " (from " + file + ")";
  }

  /** What is looked for first, since it decides what the other options' defaults are. */
  private static final class EarlyOptions {
    @Option(names = "--config")
    private @Nullable Path config;

    @Option(names = "--from")
    private @Nullable Path from;

    @SuppressWarnings("unused")
    @Unmatched
    private List<String> others = new ArrayList<>();

    static EarlyOptions of(String[] args) {
      EarlyOptions early = new EarlyOptions();
      try {
        new CommandLine(early).parseArgs(args);
        return early;
      } catch (ParameterException e) {
        // The full parse meets it again and says it with the right command's help.
        return new EarlyOptions();
      }
    }

    @Nullable Path config(Map<String, String> environment) {
      String variable = environment.getOrDefault(PREFIX + "CONFIG", "");
      return config != null || variable.isEmpty() ? config : Path.of(variable);
    }
  }
}
