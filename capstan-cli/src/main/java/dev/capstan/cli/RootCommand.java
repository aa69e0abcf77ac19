package dev.capstan.cli;

import static java.util.Objects.requireNonNull;

import dev.capstan.cli.help.Everyday;
import dev.capstan.cli.help.InGroup;
import dev.capstan.cli.help.OptionGroup;
import dev.capstan.cli.table.VersionLines;
import dev.capstan.cli.terminal.Console;
import dev.capstan.cli.terminal.Following;
import dev.capstan.cli.terminal.InterruptedWorkException;
import dev.capstan.cli.terminal.WorkDisplay;
import dev.capstan.cli.terminal.Wrapped;
import dev.capstan.files.Drafts;
import dev.capstan.pipeline.Natives;
import dev.capstan.recipe.Rendezvous;
import dev.capstan.recipe.WorkListener;
import dev.capstan.text.Shown;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** {@code capstan} itself: the options of every command, and what they do. */
@Command(
    name = "capstan",
    description = "Makes trained convolutional networks small and fast by cascaded projection.",
    synopsisSubcommandLabel = "COMMAND",
    abbreviateSynopsis = true,
    scope = ScopeType.INHERIT,
    sortOptions = false,
    footerHeading = "%n",
    footer = {
      "An option --some-option may also stand in the environment as CAPSTAN_SOME_OPTION or in the"
          + " file that --config names as 'some-option: value'. The command line comes first, then"
          + " the environment, then the file.",
      "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 done but below what was asked for, 130 or 143"
          + " interrupted."
    })
@InGroup(OptionGroup.GENERAL)
final class RootCommand implements Runnable {
  private static final String HELP_ALL = "--help-all";

  private final Console console;
  private final Interruption interruption;
  private @Nullable WorkDisplay display;
  private boolean helpAll;
  private List<String> command = List.of();

  @Spec private @Nullable CommandSpec spec;

  /** One option: picocli allows one that may stand where required ones are missing. */
  @SuppressWarnings("unused")
  @Everyday
  @Option(
      names = {"-h", "--help", HELP_ALL},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this; with --help-all what is rarely needed, too.")
  private boolean help;

  @SuppressWarnings("unused")
  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      scope = ScopeType.INHERIT,
      description = "Print the version.")
  private boolean version;

  @Everyday
  @Option(
      names = "--json",
      scope = ScopeType.INHERIT,
      description = "Print the result as JSON instead of a table.")
  private boolean json;

  @Everyday
  @Option(
      names = {"-q", "--quiet"},
      scope = ScopeType.INHERIT,
      description = "Print results and errors only, no progress.")
  private boolean quiet;

  @Option(
      names = "--progress",
      paramLabel = "HOW",
      scope = ScopeType.INHERIT,
      defaultValue = "auto",
      description =
          "How work is followed on the standard error: auto (a live line on a terminal, else one"
              + " now and then), json (an object a line, for programs) or none."
              + " Default: ${DEFAULT-VALUE}.")
  private Following progress = Following.AUTO;

  @Option(
      names = {"-v", "--verbose"},
      scope = ScopeType.INHERIT,
      description = "Log what is done, and show the trace of an error.")
  private boolean verbose;

  /** Here for the help and the full parse; {@link Settings} reads it before. */
  @SuppressWarnings("unused")
  @Option(
      names = "--config",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description = "Take options that are not given from this YAML file.")
  private @Nullable Path config;

  private volatile boolean left;

  RootCommand(Console console, Interruption interruption) {
    this.console = console;
    this.interruption = interruption;
  }

  /** Without a command there is nothing to do. */
  @Override
  public void run() {
    throw new ParameterException(requireNonNull(spec).commandLine(), "no command given");
  }

  /** Runs the command that was parsed. Help and version return before the log is set up. */
  int execute(ParseResult parsed) {
    command = parsed.originalArgs();
    helpAll = command.contains(HELP_ALL);
    // Asked only now: picocli asks a provider at each start, once a command.
    if (asksForVersion(parsed)) {
      console.out().println(VersionLines.text());
      return ExitCode.DONE;
    }
    Integer helped = CommandLine.executeHelpRequest(parsed);
    if (helped != null) {
      return helped;
    }
    Logging.start(console.err(), quiet, verbose, tellsObjects());
    // Not before: drafts are logged of, and the log is not to be set up from two threads.
    interruption.last(Drafts::end);
    return new RunLast().execute(parsed);
  }

  private static boolean asksForVersion(ParseResult parsed) {
    return parsed.isVersionHelpRequested()
        || (parsed.hasSubcommand() && asksForVersion(parsed.subcommand()));
  }

  /** Whether the help is to show what is rarely needed, too. */
  boolean helpAll() {
    return helpAll;
  }

  /** What was asked for, word by word. */
  List<String> command() {
    return command;
  }

  Console console() {
    return console;
  }

  boolean verbose() {
    return verbose;
  }

  /** Shows long work as the options and the terminal allow, and stops it on a signal. */
  WorkDisplay display() {
    if (display == null) {
      interruption.last(this::leave);
      display = new WorkDisplay(console, following(), interruption.poll());
    }
    return display;
  }

  /** Checks that libtorch has natives for this machine, and tells of a first start's wait. */
  void requireLibtorch() {
    Platform.current().requireLibtorch();
    Natives.announce(line -> display().note(line));
  }

  /** Asks no more of a signal than that it be told, with its number, to who asks. */
  Supplier<OptionalInt> stopping() {
    BooleanSupplier stopped = interruption.poll();
    return () ->
        stopped.getAsBoolean() ? OptionalInt.of(interruption.signal()) : OptionalInt.empty();
  }

  /**
   * Does a job by itself, or with the other processes that share it. A process that follows shows
   * nothing, and leaves it to the one that leads to stop on a signal, which all of them may get:
   * its last step needs this one.
   *
   * @param rendezvous of this process, null if it is alone
   * @param alone the job
   * @param shared the job by several processes; null comes of it in those that follow
   */
  <R> @Nullable R shared(
      @Nullable Rendezvous rendezvous, Function<WorkListener, R> alone, SharedJob<R> shared) {
    if (rendezvous == null) {
      return alone.apply(display());
    }
    if (rendezvous.leads()) {
      return shared.run(rendezvous, display());
    }
    interruption.poll();
    return shared.run(rendezvous, WorkListener.NONE);
  }

  /** A job that several processes do together. */
  interface SharedJob<R> {
    @Nullable R run(Rendezvous rendezvous, WorkListener listener);
  }

  /**
   * What a process does that ends in the middle of its work: it says so and leaves nothing half.
   */
  private void leave() {
    left = true;
    Drafts.end();
    new Failures(this)
        .report(new InterruptedWorkException("interrupted in the middle of a step of the work"));
  }

  /** Whether the process is ending: what its work runs into from now on is nobody's concern. */
  boolean left() {
    return left;
  }

  private Following following() {
    return quiet && progress == Following.AUTO ? Following.NONE : progress;
  }

  /** Whether a program reads the standard error. */
  boolean tellsObjects() {
    return progress == Following.JSON;
  }

  /** Whether one reader has results and what is told beside them before them, in one place. */
  boolean printsWhereItTells() {
    return !json && console.outIsTerminal() && console.errIsTerminal();
  }

  /** Ends what is shown of work, so that results and errors have lines of their own. */
  void endDisplay() {
    if (display != null) {
      display.close();
    }
  }

  /** Prints a result: as JSON the value, else the text, broken where the terminal ends. */
  void print(Object value, Supplier<String> text) {
    printWhole(value, () -> Wrapped.within(console.columns(), Shown.lines(text.get())));
  }

  /** The same with a text whose lines are others' business, such as Markdown. */
  void printWhole(Object value, Supplier<String> text) {
    endDisplay();
    console.out().println(json ? toJson(value) : text.get());
  }

  /** A value as JSON, as {@code --json} prints it. */
  static String toJson(Object value) {
    return JsonMapper.builder()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .build()
        .writeValueAsString(value);
  }
}
