package dev.capstan.cli;

import dev.capstan.cli.help.GroupedHelp;
import dev.capstan.cli.terminal.Console;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Help;

/** The tool's entry. Only {@link #main} ends the process. */
public final class Main {
  /** The commands, in the order that the help shows. */
  private static final List<Function<RootCommand, Object>> COMMANDS =
      List.of(
          DemoCommand::new,
          InspectCommand::new,
          PreprocessCommand::new,
          PlanCommand::new,
          CompressCommand::new,
          CompareCommand::new,
          TrainCommand::new,
          EvaluateCommand::new,
          ConvertCommand::new,
          VerifyCommand::new,
          ReportCommand::new,
          DoctorCommand::new,
          ConfigCommand::new,
          CompletionCommand::new,
          ManCommand::new);

  /** Where no terminal says how wide it is, and on wide ones: longer lines are hard to read. */
  private static final int WIDEST = 100;

  /** In fewer columns options and their descriptions do not fit side by side. */
  private static final int NARROWEST = 60;

  private final Console console;
  private final Interruption interruption;
  private final List<Function<RootCommand, Object>> commands;

  Main(Console console, Interruption interruption) {
    this(console, interruption, COMMANDS);
  }

  Main(Console console, Interruption interruption, List<Function<RootCommand, Object>> commands) {
    this.console = console;
    this.interruption = interruption;
    this.commands = commands;
  }

  /** The tool with its commands, as the process runs it. */
  static CommandLine tool() {
    Main main = new Main(Console.ofProcess(), new Interruption(number -> {}));
    return main.commandLine(new RootCommand(main.console, main.interruption));
  }

  /** Runs the command that the arguments name and exits with its code. */
  public static void main(String[] args) {
    // Figures and names of options are the same wherever the tool runs.
    Locale.setDefault(Locale.ROOT);
    System.exit(new Main(Console.ofProcess(), Interruption.bySignals()).run(args));
  }

  /** Runs the command that the arguments name; its exit code, see {@link ExitCode}. */
  int run(String... args) {
    RootCommand root = new RootCommand(console, interruption);
    CommandLine line = commandLine(root);
    int code;
    try {
      line.setDefaultValueProvider(Settings.read(line, console.environment(), args));
      code = line.execute(args);
    } catch (CommandLine.ParameterException e) {
      code = new Failures(root).handleParseException(e, args);
    } catch (Error e) {
      // Such as a lack of memory, or natives that this machine cannot load.
      code = new Failures(root).report(e);
    }
    if (console.out().checkError() && code == ExitCode.DONE) {
      console
          .err()
          .println("capstan: error: the standard output cannot be written: is its disk full?");
      code = ExitCode.FAILED;
    }
    // A signal that came too late to stop anything changes nothing.
    return code == ExitCode.DONE ? code : interruption.exitCode().orElse(code);
  }

  private CommandLine commandLine(RootCommand root) {
    CommandLine line = new CommandLine(root);
    commands.forEach(command -> line.addSubcommand(command.apply(root)));
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
