package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.cli.help.Reference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What is written from the tool's specification: reference, manual, completion, schema, settings.
 */
final class ManualTest {
  private static final CommandLine TOOL = Main.tool();

  @TempDir Path folder;

  private static String out(String... args) {
    CommandLineRun run = CommandLineRun.of(args);
    assertThat(run.code()).as(run.err()).isZero();
    return run.out();
  }

  private static List<String> names() {
    return TOOL.getSubcommands().values().stream()
        .flatMap(command -> Reference.own(command.getCommandSpec()).stream())
        .map(OptionSpec::longestName)
        .distinct()
        .toList();
  }

  /** {@code capstan man --markdown > docs/cli.md} writes it again. */
  @Test
  void theReferenceIsThatOfTheTool() throws IOException {
    assertThat(Path.of("..", "docs", "cli.md")).hasContent(out("man", "--markdown"));
  }

  @Test
  void theManualNamesEveryCommandAndOption() {
    String page = out("man");

    assertThat(page).startsWith(".TH CAPSTAN 1\n");
    for (String command : TOOL.getSubcommands().keySet()) {
      assertThat(page).contains(".SH CAPSTAN " + command.toUpperCase(Locale.ROOT));
    }
    names().forEach(name -> assertThat(page).contains(name.replace("-", "\\-")));
    assertThat(page.lines()).noneMatch(line -> line.contains("${") || line.isEmpty());
  }

  @Test
  void fishCompletesOptionsAndValues() {
    String script = out("completion", "fish");

    assertThat(script.lines()).allMatch(line -> line.startsWith("#") || quotesAreEven(line));
    assertThat(script)
        .contains(" -a compress -d ", " -l keep-macs -r -d ", " -l method -x -a 'cap ")
        .contains(" -l refit -x -a 'auto on off' ");
    names().forEach(name -> assertThat(script).contains(" -l " + name.substring(2)));
  }

  private static boolean quotesAreEven(String line) {
    return line.replace("\\'", "").chars().filter(c -> c == '\'').count() % 2 == 0;
  }

  @Test
  void theSchemaHasEverySetting() {
    JsonNode schema = JsonMapper.shared().readTree(out("config", "--schema"));

    assertThat(schema.at("/additionalProperties").asBoolean()).isFalse();
    assertThat(schema.at("/properties/refit/enum").toString())
        .isEqualTo("[\"auto\",\"on\",\"off\"]");
    assertThat(schema.at("/properties/few-images/type").asString()).isEqualTo("boolean");
    assertThat(schema.at("/properties").propertyNames()).contains("keep-macs", "preset", "json");
    TreeSet<String> known = new TreeSet<>(schema.at("/properties").propertyNames());
    names().forEach(name -> assertThat(known).contains(name.substring(2)));
    assertThat(known).doesNotContain("config", "help-all", "version");
  }

  /** The environment comes before the file, which comes before the default. */
  @Test
  void settingsSayWhereTheyComeFrom() throws IOException {
    Path file = Files.writeString(folder.resolve("s.yaml"), "seed: 7\nkeep-macs: 0.5\n");
    Map<String, String> environment = Map.of("CAPSTAN_SEED", "3");

    CommandLineRun run =
        CommandLineRun.in(
            environment, false, "config", "compress", "--config", file.toString(), "--json");

    assertThat(run.code()).as(run.err()).isZero();
    JsonNode settings = JsonMapper.shared().readTree(run.out());
    assertThat(setting(settings, "seed")).containsExactly("3", "environment CAPSTAN_SEED");
    assertThat(setting(settings, "keep-macs")).containsExactly("0.5", "file " + file);
    assertThat(setting(settings, "refit")).containsExactly("auto", "default");
    assertThat(setting(settings, "few-images")).containsExactly("false", "default");
    assertThat(setting(settings, "val")).containsExactly("", "default");
  }

  private static List<String> setting(JsonNode settings, String name) {
    for (JsonNode setting : settings) {
      if (setting.at("/name").asString().equals(name)) {
        return Arrays.asList(setting.at("/value").asString(""), setting.at("/from").asString());
      }
    }
    return List.of();
  }

  @Test
  void aCommandThatIsNoneIsWrongUsage() {
    CommandLineRun run = CommandLineRun.of("config", "comprss");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("expected one of demo, ", "found 'comprss'");
  }

  @Test
  void valuesAreListedAsTheyAreTyped() {
    CommandLineRun run = CommandLineRun.of("completion", "fsh");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("expected one of [bash, zsh, fish]", "'fsh'");
  }
}
