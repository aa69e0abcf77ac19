package dev.capstan.cli;

import dev.capstan.cli.help.Reference;
import dev.capstan.cli.option.Spelling;
import dev.capstan.cli.terminal.InterruptedWorkException;
import dev.capstan.cli.terminal.ProgressObjects;
import dev.capstan.error.InvalidInputException;
import dev.capstan.error.LostProcessException;
import dev.capstan.ort.result.VerificationException;
import dev.capstan.text.Shown;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says in one line what went wrong. */
final class Failures implements IParameterExceptionHandler, IExecutionExceptionHandler {
  /** How picocli lists those of an enum. */
  private static final Pattern VALUES = Pattern.compile("expected one of \\[[A-Z0-9_, ]+]");

  private final RootCommand root;

  Failures(RootCommand root) {
    this.root = root;
  }

  @Override
  public int handleParseException(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    print(message(e) + Settings.origin(e), "");
    if (!root.tellsObjects()) {
      root.console().say(hint(e, command));
    }
    return ExitCode.USAGE;
  }

  private static String message(ParameterException e) {
    if (e instanceof UnmatchedArgumentException unmatched
        && !unmatched.isUnknownOption()
        && !e.getCommandLine().getSubcommands().isEmpty()) {
      return "unknown command '" + unmatched.getUnmatched().get(0) + "'";
    }
    // Values are typed, and listed everywhere else, in lower case.
    return VALUES.matcher(firstLine(e)).replaceAll(list -> list.group().toLowerCase(Locale.ROOT));
  }

  private static String hint(ParameterException e, CommandLine command) {
    List<String> alike = alike(e);
    String question = alike.isEmpty() ? "" : "Did you mean " + String.join(" or ", alike) + "? ";
    return question + "See '" + command.getCommandSpec().qualifiedName() + " --help'.";
  }

  private static List<String> alike(ParameterException e) {
    if (e instanceof UnmatchedArgumentException unmatched) {
      return unmatched.getSuggestions();
    }
    ArgSpec argument = e.getArgSpec();
    String value = e.getValue();
    return argument == null || value == null
        ? List.of()
        : alike(value, Reference.candidates(argument));
  }

  /** Picocli's measure of likeness, which is for names of commands and options alone. */
  private static List<String> alike(String value, List<String> candidates) {
    CommandLine names = new CommandLine(CommandSpec.create());
    candidates.forEach(name -> names.addSubcommand(name, CommandSpec.create()));
    return candidates.isEmpty()
        ? List.of()
        : new UnmatchedArgumentException(names, List.of(value)).getSuggestions();
  }

  @Override
  public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
    return root.left() ? ExitCode.FAILED : report(e);
  }

  /** Prints what was thrown in one line, and where it was with {@code -v}. */
  int report(Throwable caught) {
    root.endDisplay();
    Throwable thrown = said(caught);
    if (thrown instanceof LostProcessException lost && lost.isTold()) {
      return ExitCode.FAILED;
    }
    boolean expected =
        thrown instanceof InvalidInputException
            || thrown instanceof LostProcessException
            || thrown instanceof VerificationException
            || thrown instanceof InterruptedWorkException;
    String more = expected || root.verbose() ? "" : " (-v shows the trace)";
    String kind = expected ? "" : thrown.getClass().getSimpleName() + ": ";
    print(kind + firstLine(thrown) + more, root.verbose() ? trace(thrown) : "");
    return ExitCode.FAILED;
  }

  /** Native libraries are loaded with the classes that use them; what stopped that is the cause. */
  private static Throwable said(Throwable caught) {
    Throwable cause = caught instanceof ExceptionInInitializerError ? caught.getCause() : null;
    return cause == null ? caught : cause;
  }

  private static String trace(Throwable thrown) {
    StringWriter trace = new StringWriter();
    thrown.printStackTrace(new PrintWriter(trace, true));
    return trace.toString();
  }

  private static String firstLine(Throwable thrown) {
    String message = Spelling.ofOptions(String.valueOf(thrown.getMessage()));
    return Shown.line(message.lines().findFirst().orElse(""));
  }

  private void print(String message, String trace) {
    if (root.tellsObjects()) {
      Map<String, String> told = new LinkedHashMap<>(Map.of("text", message));
      if (!trace.isEmpty()) {
        told.put("trace", trace);
      }
      ProgressObjects.event(root.console().err(), "error", told);
      return;
    }
    root.console().err().print(Shown.lines(trace));
    root.console().say("capstan: error: ", message);
  }
}
