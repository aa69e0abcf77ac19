package dev.capstan.cli.option;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Libraries name settings, the command line spells them as options. */
final class SpellingTest {
  private static final List<String> LIBRARIES =
      List.of("capstan-core", "capstan-torch", "capstan-ort", "capstan-pipeline");
  private static final Pattern LITERAL = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"");

  @Test
  void settingsBecomeOptions() {
    assertThat(Spelling.ofOptions("say it with setting 'crop' or setting 'keep-macs'"))
        .isEqualTo("say it with --crop or --keep-macs");
    assertThat(Spelling.ofOptions("node 'setting' of 'crop' stays"))
        .contains("'setting' of 'crop'");
  }

  @Test
  void noLibrarySpellsAnOption() throws IOException {
    List<String> spelled = new ArrayList<>();
    for (String library : LIBRARIES) {
      Path sources = Path.of("..", library, "src", "main", "java");
      assertThat(sources).isDirectory();
      try (Stream<Path> files = Files.walk(sources)) {
        for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
          literals(Files.readString(file))
              .filter(literal -> literal.matches(".*--[a-z].*"))
              .forEach(literal -> spelled.add(file.getFileName() + ": " + literal));
        }
      }
    }
    assertThat(spelled).isEmpty();
  }

  private static Stream<String> literals(String source) {
    return source
        .lines()
        .filter(line -> !line.strip().startsWith("*"))
        .flatMap(line -> LITERAL.matcher(line).results().map(result -> result.group()));
  }
}
