package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.error.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class MainTest {
  @TempDir Path folder;

  private static CommandLineRun probe(Map<String, String> environment, String... args) {
    return probe(null, environment, args);
  }

  private static CommandLineRun failing(@Nullable Exception failure, String... args) {
    return probe(failure, Map.of(), args);
  }

  private static CommandLineRun probe(
      @Nullable Exception failure, Map<String, String> environment, String... args) {
    return CommandLineRun.with(
        new Subcommand(ProbeCommand.class, root -> new ProbeCommand(root, failure)),
        environment,
        args);
  }

  private String config(String text) throws IOException {
    return Files.writeString(folder.resolve("run.yml"), text).toString();
  }

  @Test
  void helpIsAResult() {
    CommandLineRun run = CommandLineRun.of("--help");

    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("Usage: capstan", "CAPSTAN_SOME_OPTION", "Exit codes");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void everyCommandHasTheGlobalOptions() {
    assertThat(probe(Map.of(), "probe", "--help").out())
        .contains(
            "Usage: capstan probe", "--threads", "--json", "--quiet", "--config", "Exit codes");
  }

  /** A command is known by all that it takes wherever its name stands, also in a file of words. */
  @Test
  void wordsMayStandInAFile() throws IOException {
    Path words = Files.writeString(folder.resolve("words"), "--json probe --threads 3");

    assertThat(probe(Map.of(), "@" + words).out()).contains("3");
    assertThat(probe(Map.of(), "--json", "probe", "--threads=3").out()).contains("3");
  }

  @Test
  void versionIsAResult() {
    assertThat(CommandLineRun.of("--version").out()).startsWith("capstan ");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '|',
      value = {
        "frobnicate, unknown command 'frobnicate'",
        "--frobnicate, Unknown option: '--frobnicate'",
        "--jsom, Did you mean --json?",
        "probe --threads=x, 'x' is not an int",
        "probe --threads, Missing required parameter",
        "probe --config, Missing required parameter",
        "||, no command given",
      })
  void wrongUsageIsOneLineAndAHint(String args, String message) {
    CommandLineRun run = probe(Map.of(), args.isEmpty() ? new String[0] : args.split(" "));

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains(message).startsWith("capstan: error: ");
    assertThat(run.err().lines()).hasSize(2);
    assertThat(run.err().lines().skip(1)).allMatch(line -> line.contains("--help'"));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '|',
      value = {
        "comprss, compress",
        "compress m.onnx --data=d --methd=cap, --method",
        "compress --method=actvation, activation",
        "compare --methods=cap,actvation, activation",
        "compress --resize=shortr, shorter",
        "compress --precision=fp23, fp32",
        "convert resnt20, resnet20",
      },
      delimiterString = ", ")
  void whatIsAlikeIsAskedFor(String args, String meant) {
    CommandLineRun run = CommandLineRun.of(args.split(" "));

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err().lines().skip(1))
        .singleElement()
        .asString()
        .startsWith("Did you mean ")
        .contains(meant);
  }

  @Test
  void optionsComeBeforeEnvironmentBeforeFileBeforeDefault() throws IOException {
    Map<String, String> environment = Map.of("CAPSTAN_THREADS", "3");
    String config = config("threads: 2\nmean: [0.25, 0.5]\n");

    assertThat(probe(Map.of(), "probe").out()).contains("threads 1 mean 0.5");
    assertThat(probe(Map.of(), "probe", "--config", config).out()).contains("threads 2 mean 0.25");
    assertThat(probe(environment, "probe", "--config", config).out()).contains("threads 3");
    assertThat(probe(environment, "--config=" + config, "probe", "--threads", "4").out())
        .contains("threads 4");
  }

  @Test
  void whatIsGivenDoesAwayWithAlternativesBehindIt() throws IOException {
    Map<String, String> runs = Map.of("CAPSTAN_FORWARD_RUNS", "9000");
    String time = "--config=" + config("time: 1m\n");
    String refused = "--time and --forward-runs both say how much is computed";
    String[] job = {"compress", "nothing.onnx", "--data=" + folder};

    assertThat(CommandLineRun.in(runs, false, with(job, "--time=1m")).err())
        .contains("nothing.onnx")
        .doesNotContain(refused);
    assertThat(CommandLineRun.in(runs, false, with(job, time)).err()).doesNotContain(refused);
    assertThat(CommandLineRun.of(with(job, time, "--forward-runs=9000")).err())
        .doesNotContain(refused);
    assertThat(CommandLineRun.of(with(job, "--time=1m", "--forward-runs=9000")).err())
        .contains(refused);
  }

  private static String[] with(String[] args, String... more) {
    return Stream.of(args, more).flatMap(Stream::of).toArray(String[]::new);
  }

  @Test
  void theFileMayBeNamedByTheEnvironment() throws IOException {
    assertThat(probe(Map.of("CAPSTAN_CONFIG", config("threads: 7")), "probe").out())
        .contains("threads 7");
  }

  @Test
  void otherVariablesAreNoSettings() {
    Map<String, String> environment =
        Map.of("CAPSTAN_VERSION", "1.2", "CAPSTAN_HELP", "yes", "CAPSTAN_THREADS", "");

    assertThat(probe(environment, "probe").out()).contains("threads 1");
  }

  @ParameterizedTest
  @CsvSource({
    "'thread: 2', unknown key 'thread'",
    "'config: a.yml', unknown key 'config'",
    "'help: true', unknown key 'help'",
    "'threads: {a: 1}', needs a value",
    "'threads:', needs a value",
    "'threads: x', is not an int",
    "'- threads', expected lines of the form",
    "'threads: [1', cannot be read as YAML",
  })
  void errorsInTheFileNameIt(String text, String message) throws IOException {
    String config = config(text);

    CommandLineRun run = probe(Map.of(), "probe", "--config", config);

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains(config, message);
    assertThat(run.err().lines()).hasSize(2);
  }

  @Test
  void aMissingFileIsNamed() {
    assertThat(probe(Map.of(), "probe", "--config", "absent.yml").err())
        .contains("absent.yml: no such file");
  }

  @Test
  void anEmptyFileSaysNothing() throws IOException {
    assertThat(probe(Map.of(), "probe", "--config", config("# nothing\n")).code()).isZero();
  }

  @Test
  void errorsInTheEnvironmentNameTheVariable() {
    assertThat(probe(Map.of("CAPSTAN_THREADS", "many"), "probe").err())
        .contains("'many' is not an int (from CAPSTAN_THREADS)");
  }

  @Test
  void jsonReplacesTheText() {
    assertThat(probe(Map.of(), "probe", "--json").out().replaceAll("\\s", ""))
        .isEqualTo("{\"threads\":1}");
    assertThat(probe(Map.of(), "--json", "probe").out()).contains("{");
    assertThat(probe(Map.of(), "probe").out()).doesNotContain("{");
  }

  @Test
  void whatTheUserGaveWrongIsOneLine() {
    CommandLineRun run = failing(new InvalidInputException("a.onnx: no such file"), "probe");

    assertThat(run)
        .isEqualTo(
            new CommandLineRun(
                1, "", "capstan: error: a.onnx: no such file" + System.lineSeparator()));
  }

  @Test
  void anyOtherErrorIsOneLineThatSaysHowToSeeMore() {
    CommandLineRun run = failing(new IllegalStateException("odd\nand more"), "probe");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err().lines())
        .containsExactly("capstan: error: IllegalStateException: odd (-v shows the trace)");
  }

  @Test
  void verboseShowsTheTraceAndTheLog() {
    assertThat(failing(new IllegalStateException("odd"), "probe", "-v").err())
        .contains("at dev.capstan.cli.MainTest", "probing");
    assertThat(failing(null, "probe").err()).isEmpty();
  }

  /** Lines of the log, too. */
  @Test
  void aProgramReadsObjectsAlone() {
    List<JsonNode> lines =
        failing(new IllegalStateException("odd"), "probe", "-v", "--progress=json")
            .err()
            .lines()
            .map(line -> JsonMapper.shared().readTree(line))
            .toList();

    assertThat(lines)
        .extracting(line -> line.at("/event").asString())
        .containsExactly("log", "error");
    assertThat(lines.get(0).at("/text").asString()).isEqualTo("probing");
    assertThat(lines.get(0).at("/level").asString()).isEqualTo("info");
    assertThat(lines.get(1).at("/trace").asString()).contains("at dev.capstan.cli.MainTest");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "--frobnicate"})
  void coloursAreForTerminalsThatWantThem(String arg) {
    String escape = "\u001b";

    assertThat(CommandLineRun.in(Map.of(), true, arg).toString()).contains(escape);
    assertThat(CommandLineRun.in(Map.of(), false, arg).toString()).doesNotContain(escape);
    assertThat(CommandLineRun.in(Map.of("NO_COLOR", "1"), true, arg).toString())
        .doesNotContain(escape);
  }
}
