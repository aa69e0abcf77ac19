package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.cli.help.InGroup;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** What help shows, of every command. */
final class HelpTest {
  private static final CommandLine TOOL = Main.tool();

  static List<String> commands() {
    return List.copyOf(TOOL.getSubcommands().keySet());
  }

  private static List<OptionSpec> options(String command) {
    return TOOL.getSubcommands().get(command).getCommandSpec().options();
  }

  private static boolean isListed(String help, OptionSpec option) {
    return help.lines()
        .anyMatch(
            line -> line.matches(" *(-\\w, )?(--\\w+, )?" + option.longestName() + "([\\[= ].*)?"));
  }

  private static String help(String command, String option, int columns) {
    Map<String, String> environment = Map.of("COLUMNS", "" + columns, "NO_COLOR", "1");
    CommandLineRun run = CommandLineRun.in(environment, true, command, option);
    assertThat(run.code()).isZero();
    return run.out();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyOptionIsInAGroupAndShown(String command) {
    String all = help(command, "--help-all", 80);

    for (OptionSpec option : options(command)) {
      assertThat(isListed(all, option)).as(option.longestName()).isTrue();
      if (option.userObject() instanceof Field field) {
        assertThat(
                field.isAnnotationPresent(InGroup.class)
                    || field.getDeclaringClass().isAnnotationPresent(InGroup.class))
            .as(option.longestName())
            .isTrue();
      }
    }
    assertThat(all).doesNotContain("more options");
  }

  @ParameterizedTest
  @MethodSource("commands")
  void whatMattersFirstFitsAPageAndTheTerminal(String command) {
    String help = help(command, "--help", 80);

    List<String> named = new ArrayList<>();
    for (OptionSpec option : options(command)) {
      if (isListed(help, option)) {
        named.add(option.longestName());
      } else {
        assertThat(help).as(option.longestName()).contains("more options: --help-all");
      }
    }
    assertThat(named).hasSizeBetween(4, 20).contains("--help-all");
    assertThat(help).contains("Example:", "  capstan " + command, "Exit codes");
    for (int columns : new int[] {80, 100, 200}) {
      assertThat(help(command, "--help-all", columns).lines())
          .allMatch(line -> line.length() <= columns);
    }
  }

  @Test
  void tenOptionsOfCompressComeFirst() {
    String help = help("compress", "--help", 80);

    assertThat(options("compress").stream().filter(option -> !option.inherited()))
        .filteredOn(option -> isListed(help, option))
        .extracting(OptionSpec::longestName)
        .containsExactlyInAnyOrder(
            "--data",
            "--val",
            "--output",
            "--keep-macs",
            "--latency-speedup",
            "--max-drop",
            "--time",
            "--preset",
            "--fine-tune-epochs",
            "--dry-run");
  }

  /** Values are written as they may be typed, and all of them stand there. */
  @Test
  void valuesAreNamedInOneCase() {
    for (String command : commands()) {
      for (OptionSpec option : options(command)) {
        if (option.arity().max() > 0) {
          assertThat(option.paramLabel()).as(option.longestName()).doesNotContain("<");
        }
        if (option.type().isEnum()) {
          String description = String.join(" ", option.description());
          for (Object value : option.type().getEnumConstants()) {
            String name = ((Enum<?>) value).name();
            String typed = name.toLowerCase(Locale.ROOT);
            assertThat(description)
                .as(option.longestName())
                .containsAnyOf(typed, typed.replace('_', '-'));
            assertThat(description)
                .as(option.longestName())
                .doesNotContainPattern("\\b" + name + "\\b");
          }
        }
      }
    }
  }

  /** What bash takes, and then completes: values of an option, not those of another. */
  @ParameterizedTest
  @CsvSource({
    "compress --keep, --keep-macs --keep-parameters",
    "compress --preset im, imagenet imagenet-tf",
    "compress --preset ca, caffe",
    "compress --method a, activation",
    "compress --layout n, nchw nhwc",
    "compress --progress j, json",
    "completion z, zsh"
  })
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void bashCompletes(String typed, String completed, @TempDir Path folder) throws Exception {
    Path script = folder.resolve("capstan.bash");
    Files.writeString(script, CommandLineRun.of("completion").out());
    String ask =
        "source '%s'; COMP_WORDS=(capstan %s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _complete_capstan; echo ${COMPREPLY[@]}"
            .formatted(script, typed);

    Process bash =
        new ProcessBuilder("bash", "-c", ask)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();

    String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(said.trim()).isEqualTo(completed);
    assertThat(bash.waitFor()).isZero();
  }

  /** A file on zsh's path of functions is taken for one by its first line. */
  @Test
  void zshFindsWhatItCompletes() {
    String script = CommandLineRun.of("completion", "zsh").out();

    assertThat(script).startsWith("#compdef capstan\n").endsWith("\nfi\n");
    assertThat(script).contains(CommandLineRun.of("completion", "bash").out());
  }
}
