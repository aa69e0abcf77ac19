package dev.capstan.cli;

import dev.capstan.cli.terminal.Console;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a run of the tool gave.
 *
 * @param code its exit code
 * @param out what it printed as a result
 * @param err what else it printed
 */
record CommandLineRun(int code, String out, String err) {
  /** Runs the tool as it ships. */
  static CommandLineRun of(String... args) {
    return in(Map.of(), false, args);
  }

  /** Compresses to half without training, where nothing else is asked for. */
  static CommandLineRun ofCompress(List<String> args) {
    List<String> all = new ArrayList<>(List.of("compress"));
    all.addAll(args);
    if (args.stream().noneMatch(arg -> arg.startsWith("--fine-tune-epochs"))) {
      all.add("--fine-tune-epochs=0");
    }
    if (args.stream().noneMatch(arg -> arg.matches("--(keep-|latency-|max-drop|plan).*"))) {
      all.add("--keep-macs=0.5");
    }
    return of(all.toArray(String[]::new));
  }

  /** Runs the tool as it ships, on a terminal or not. */
  static CommandLineRun in(Map<String, String> environment, boolean terminal, String... args) {
    return run(environment, terminal, Main::new, args);
  }

  /** Runs the tool with a command of a test's own. */
  static CommandLineRun with(Subcommand command, Map<String, String> environment, String... args) {
    return run(
        environment,
        false,
        (console, interruption) -> new Main(console, interruption, List.of(command)),
        args);
  }

  /** What was printed as JSON; of a record what came of it. */
  JsonNode result() {
    JsonNode printed = JsonMapper.shared().readTree(out);
    return printed.has("result") ? printed.path("result") : printed;
  }

  private interface Factory {
    Main create(Console console, Interruption interruption);
  }

  private static CommandLineRun run(
      Map<String, String> environment, boolean terminal, Factory factory, String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console = new Console(print(out), print(err), environment, terminal, terminal);
    int code = factory.create(console, new Interruption(number -> {})).run(args);
    return new CommandLineRun(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private static PrintStream print(ByteArrayOutputStream stream) {
    return new PrintStream(stream, true, StandardCharsets.UTF_8);
  }
}
