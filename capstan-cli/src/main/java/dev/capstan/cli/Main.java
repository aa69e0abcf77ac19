package dev.capstan.cli;

import dev.capstan.cli.help.GroupedHelp;
import dev.capstan.cli.terminal.Console;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import picocli.CommandLine;
import picocli.CommandLine.Help;

/** The tool's entry. Only {@link #main} ends the process. */
public final class Main {
  /** The commands, in the order that the help shows. */
  private static final List<Subcommand> COMMANDS =
      List.of(
          new Subcommand(DemoCommand.class, DemoCommand::new),
          new Subcommand(InspectCommand.class, InspectCommand::new),
          new Subcommand(PreprocessCommand.class, PreprocessCommand::new),
          new Subcommand(PlanCommand.class, PlanCommand::new),
          new Subcommand(CompressCommand.class, CompressCommand::new),
          new Subcommand(CompareCommand.class, CompareCommand::new),
          new Subcommand(TrainCommand.class, TrainCommand::new),
          new Subcommand(LaunchCommand.class, LaunchCommand::new),
          new Subcommand(EvaluateCommand.class, EvaluateCommand::new),
          new Subcommand(ConvertCommand.class, ConvertCommand::new),
          new Subcommand(VerifyCommand.class, VerifyCommand::new),
          new Subcommand(ReportCommand.class, ReportCommand::new),
          new Subcommand(DoctorCommand.class, DoctorCommand::new),
          new Subcommand(ConfigCommand.class, ConfigCommand::new),
          new Subcommand(CompletionCommand.class, CompletionCommand::new),
          new Subcommand(ManCommand.class, ManCommand::new));

  /** Where no terminal says how wide it is, and on wide ones: longer lines are hard to read. */
  private static final int WIDEST = 100;

  /** In fewer columns options and their descriptions do not fit side by side. */
  private static final int NARROWEST = 60;

  private final Console console;
  private final Interruption interruption;
  private final List<Subcommand> commands;

  Main(Console console, Interruption interruption) {
    this(console, interruption, COMMANDS);
  }

  Main(Console console, Interruption interruption, List<Subcommand> commands) {
    this.console = console;
    this.interruption = interruption;
    this.commands = commands;
  }

  /** The tool with all that its commands take, as the process runs it. */
  static CommandLine tool() {
    return new Main(Console.ofProcess(), new Interruption(number -> {})).whole();
  }

  /** Runs the command that the arguments name and exits with its code. */
  public static void main(String[] args) {
    // Figures and names of options are the same wherever the tool runs.
    Locale.setDefault(Locale.ROOT);
    Interruption interruption = StopSignal.handled();
    LocalRanks.endWithLauncher(System.getenv(), interruption);
    int code = new Main(Console.ofProcess(), interruption).run(args);
    StopSignal.finish(code);
    System.exit(code);
  }

  /** Runs the command that the arguments name; its exit code, see {@link ExitCode}. */
  int run(String... args) {
    RootCommand root = new RootCommand(console, interruption);
    CommandLine line = commandLine(root, named(args));
    int code;
    try {
      line.setDefaultValueProvider(Settings.read(line, this::whole, console.environment(), args));
      code = line.execute(args);
    } catch (CommandLine.ParameterException e) {
      code = new Failures(root).handleParseException(e, args);
    } catch (Error e) {
      // Such as a lack of memory, or natives that this machine cannot load.
      code = new Failures(root).report(e);
    } finally {
      root.endDisplay();
    }
    if (console.isOutLost() && code == ExitCode.DONE) {
      console
          .err()
          .println("capstan: error: the standard output cannot be written: is its disk full?");
      code = ExitCode.FAILED;
    }
    // A signal that came too late to stop anything changes nothing.
    return code == ExitCode.DONE ? code : interruption.exitCode().orElse(code);
  }

  /** The commands that words may name: those of a file of words are not known yet. */
  private static Predicate<Subcommand> named(String... args) {
    List<String> words = List.of(args);
    boolean read = words.stream().anyMatch(word -> word.startsWith("@"));
    return command -> read || words.contains(command.name());
  }

  private CommandLine whole() {
    return commandLine(new RootCommand(console, interruption), command -> true);
  }

  /** The tool with what some commands take, and the others as the help lists them. */
  private CommandLine commandLine(RootCommand root, Predicate<Subcommand> wanted) {
    CommandLine line = new CommandLine(root);
    for (Subcommand command : commands) {
      if (wanted.test(command)) {
        command.addTo(line, root);
      } else {
        command.listIn(line);
      }
    }
    GroupedHelp.on(line, root::helpAll);
    Failures failures = new Failures(root);
    return line.setOut(new PrintWriter(console.out(), true, Charset.defaultCharset()))
        .setErr(new PrintWriter(console.err(), true, Charset.defaultCharset()))
        .setColorScheme(Help.defaultColorScheme(console.outColours()))
        .setUsageHelpWidth(Math.max(NARROWEST, Math.min(console.columns(), WIDEST)))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionStrategy(root::execute)
        .setParameterExceptionHandler(failures)
        .setExecutionExceptionHandler(failures);
  }
}
