package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** What documents say can be done: links lead somewhere, and every command is one. */
final class DocsTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern SHELL = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);

  private static List<Path> documents() throws IOException {
    try (Stream<Path> top = Files.list(ROOT);
        Stream<Path> docs = Files.walk(ROOT.resolve("docs"));
        Stream<Path> recipes = Files.walk(ROOT.resolve("recipes"))) {
      return Stream.of(top, docs, recipes)
          .flatMap(files -> files)
          .filter(file -> file.toString().endsWith(".md"))
          .sorted()
          .toList();
    }
  }

  @Test
  void linksLeadToFiles() throws IOException {
    int links = 0;
    for (Path document : documents()) {
      Matcher link = LINK.matcher(Files.readString(document));
      while (link.find()) {
        String target = link.group(1).replaceFirst("#.*", "");
        if (!target.isEmpty() && !target.contains("://") && !target.startsWith("mailto:")) {
          assertThat(document.resolveSibling(target)).as(document.toString()).exists();
          links++;
        }
      }
    }
    assertThat(links).isGreaterThan(30);
  }

  /** One command runs all tests by which promises are kept. */
  @Test
  void theTestsOfPromisesAreTagged() throws IOException {
    String promises = Files.readString(ROOT.resolve("docs/reliability.md"));
    Set<String> named = new HashSet<>();
    Pattern.compile("`(\\w+Test)`").matcher(promises).results().forEach(m -> named.add(m.group(1)));
    Set<String> tagged = new HashSet<>();
    try (Stream<Path> files = Files.walk(ROOT)) {
      for (Path file : files.filter(f -> f.toString().endsWith("Test.java")).toList()) {
        if (Files.readString(file).contains("@Tag(\"trust\")")) {
          tagged.add(String.valueOf(file.getFileName()).replace(".java", ""));
        }
      }
    }
    assertThat(named).contains("MutantsTest", "ResumeTest");
    assertThat(tagged).containsAll(named);
  }

  @Test
  void everyDocumentIsReachedFromTheReadme() throws IOException {
    Set<Path> reached = new HashSet<>();
    List<Path> open = new ArrayList<>(List.of(ROOT.resolve("README.md")));
    while (!open.isEmpty()) {
      Path document = open.remove(0);
      if (reached.add(document) && document.toString().endsWith(".md")) {
        Matcher link = LINK.matcher(Files.readString(document));
        while (link.find()) {
          if (!link.group(1).contains("://")) {
            Path target = document.resolveSibling(link.group(1).replaceFirst("#.*", ""));
            open.add(target.normalize());
          }
        }
      }
    }
    assertThat(reached).containsAll(documents());
  }

  /** The commands of all shell blocks, options and values as the tool takes them. */
  @Test
  void commandsAreTaken() throws IOException {
    int commands = 0;
    for (Path document : documents()) {
      Matcher block = SHELL.matcher(Files.readString(document));
      while (block.find()) {
        for (String line : block.group(1).replace("\\\n", " ").split("\n")) {
          Matcher command = Pattern.compile("^(?:\\./)?capstan ([^#|>)]*)").matcher(line.strip());
          if (command.find()) {
            assertTaken(document, command.group(1).strip());
            commands++;
          }
        }
      }
    }
    assertThat(commands).isGreaterThan(15);
  }

  private static void assertTaken(Path document, String words) {
    CommandLine tool = Main.tool();
    // A word in capitals stands for a value that is the reader's.
    String[] args =
        words
            .replaceAll("\\b(SHARE|KEEP)\\b", "0.5")
            .replaceAll("\\b(N|SEED|IMAGES|EPOCHS)\\b", "5")
            // A record says what the model and the images are; here none lies.
            .replaceAll("--from \\S+", "model.onnx --data images")
            .split("\\s+");
    try {
      tool.parseArgs(args);
    } catch (ParameterException e) {
      throw new AssertionError(document + ": capstan " + words + ": " + e.getMessage(), e);
    }
  }
}
