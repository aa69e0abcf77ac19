package dev.capstan.cli.page;

import dev.capstan.cli.page.Block.Fact;
import dev.capstan.cli.page.Block.Facts;
import dev.capstan.cli.page.Block.Folded;
import dev.capstan.cli.page.Page.Section;
import dev.capstan.cli.table.Quantity;
import dev.capstan.pipeline.result.JsonFile;
import dev.capstan.report.Machine;
import dev.capstan.text.Shown;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/** Where a result comes from, by its record. */
record Origin(JsonNode record) {
  /** The section: what the record tells, after some facts of the result's own kind. */
  Section section(List<Fact> own, Machine machine, double seconds) {
    List<Fact> facts = new ArrayList<>();
    add(facts, "command", command());
    add(facts, "source", source() + ", SHA-256 " + text("source"));
    add(facts, "files", files());
    facts.addAll(own);
    add(facts, "took", Quantity.duration(Duration.ofMillis(Math.round(1000 * seconds))));
    add(facts, "machine", machine(machine));
    add(facts, "versions", versions(machine));
    return new Section(
        "origin",
        "Where it comes from",
        List.of(),
        List.of(
            new Facts(facts),
            new Folded(
                "The whole configuration", JsonFile.JSON.writeValueAsString(record.path("job")))));
  }

  private static void add(List<Fact> facts, String name, String words) {
    if (!words.isEmpty()) {
      facts.add(new Fact(name, words));
    }
  }

  /** The name of the model that it was made of. */
  String source() {
    JsonNode job = record.path("job");
    String model = job.path("setup").path("model").asString(job.path("model").asString("network"));
    try {
      String path = URI.create(model).getPath();
      return name(path == null ? model : path);
    } catch (IllegalArgumentException e) {
      return name(model);
    }
  }

  static String name(String path) {
    return Shown.line(path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1));
  }

  private String command() {
    JsonNode words = record.path("job").path("account").path("command");
    String spoken =
        StreamSupport.stream(words.spliterator(), false)
            .map(word -> quoted(word.asString("")))
            .collect(Collectors.joining(" "));
    return spoken.isEmpty() ? "" : "capstan " + spoken;
  }

  /** As a shell takes it for one word. */
  private static String quoted(String word) {
    String shown = Shown.line(word);
    return shown.matches("[\\w@%+=:,./-]+") ? shown : "'" + shown.replace("'", "'\\''") + "'";
  }

  private String files() {
    return record.path("files").properties().stream()
        .map(file -> Shown.line(file.getKey()) + ", SHA-256 " + file.getValue().asString(""))
        .collect(Collectors.joining("; "));
  }

  private String text(String key) {
    return Shown.line(record.path(key).asString(""));
  }

  private static String machine(Machine machine) {
    return "%s, %s, %s, images read by %s"
        .formatted(
            machine.processor(),
            Quantity.threads(machine.threads()),
            machine.precision(),
            machine.imageDecoder());
  }

  private String versions(Machine machine) {
    Map<String, String> libraries = machine.libraries();
    String others = libraries == null ? "" : ", " + told(libraries);
    return "capstan " + text("capstan") + others;
  }

  /** Libraries and their versions. */
  static String told(Map<String, String> libraries) {
    return libraries.entrySet().stream()
        .map(library -> library.getKey() + " " + library.getValue())
        .collect(Collectors.joining(", "));
  }
}
