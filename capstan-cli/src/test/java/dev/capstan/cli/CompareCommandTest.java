package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** One comparison is run once; the tests start it again with something changed. */
final class CompareCommandTest {
  private static final String ROW = "rows/l1-0.6-1.json";

  @TempDir static Path shared;
  private static Path model;
  private static Path images;
  private static CommandLineRun first;

  @TempDir Path folder;

  @BeforeAll
  static void compareOnce() {
    model = Samples.model(shared.resolve("model.onnx"), 10);
    images = Samples.images(shared.resolve("images"), 60);
    first = compare(shared.resolve("out"), "--methods=cap,l1", "--keep-macs=0.6");
    assertThat(first.code()).as(first.err()).isZero();
  }

  private static CommandLineRun compare(Path out, String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "compare",
                model.toString(),
                "--data=" + images,
                "--val=" + images,
                "--out=" + out,
                "--learn-images=64",
                "--fine-tune-epochs=1",
                "--ranks=uniform",
                "--accept-chance"));
    args.addAll(List.of(more));
    return CommandLineRun.of(args.toArray(String[]::new));
  }

  /** The folder as the first start left it, for a test to go on with. */
  private Path copied() throws IOException {
    Path copy = Files.createDirectory(folder.resolve("copy"));
    Files.createDirectory(copy.resolve("rows"));
    for (String name :
        List.of("settings.json", ROW, "rows/cap-0.6-1.json", "rows/original-1.json")) {
      Files.copy(shared.resolve("out").resolve(name), copy.resolve(name));
    }
    return copy;
  }

  private static JsonNode json(Path file) throws IOException {
    return JsonMapper.shared().readTree(Files.readString(file));
  }

  @Test
  void everyRowStandsInAllResults() throws Exception {
    JsonNode rows = json(shared.resolve("out/results.json")).at("/rows");
    String markdown = Files.readString(shared.resolve("out/results.md"));

    assertThat(rows.size()).isEqualTo(2);
    for (JsonNode row : rows) {
      for (String stage : List.of("baseline", "projected", "fineTuned")) {
        assertThat(row.at("/top1/" + stage).asDouble()).as(stage).isBetween(0.0, 100.0);
      }
      // A fifth is held out.
      assertThat(row.at("/imagesSeen/fineTuning").asLong()).isEqualTo(48);
    }
    // Wherever its lines end.
    String told = first.out().replaceAll("\\s+", " ");
    assertThat(told)
        .contains("original", "cap", "l1", "fine-tuned", "60 images", "have the same ranks.");
    assertThat(markdown.lines().filter(line -> line.startsWith("| ")).count()).isEqualTo(6);
    assertThat(told).contains("original, trained alike", ", of one seed; - is a stage");
    assertThat(json(shared.resolve("out/results.json")).at("/control/rows/0/top1/fineTuned"))
        .isEqualTo(json(shared.resolve("out/rows/original-1.json")).at("/top1/fineTuned"));
  }

  @Test
  void leavesAPage() throws IOException {
    Document page = PageChecks.sound(shared.resolve("out/results.html"));

    assertThat(page.select("p.lead").text()).contains("With 0.6 of the multiply-accumulates ");
    assertThat(page.select(".key").eachText()).contains("cap", "l1");
  }

  @Test
  void methodsHaveTheSameRanks() throws IOException {
    JsonNode rows = json(shared.resolve("out/results.json")).at("/rows");

    assertThat(rows.get(0).at("/ranks").size()).isPositive();
    assertThat(rows.get(0).at("/ranks")).isEqualTo(rows.get(1).at("/ranks"));
    assertThat(rows.get(0).at("/macs")).isEqualTo(rows.get(1).at("/macs"));
  }

  @Test
  void theChartShowsEveryMethodInEveryPanel() throws Exception {
    String svg = Files.readString(shared.resolve("out/results.svg"));
    org.w3c.dom.Document parsed =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(svg)));

    assertThat(parsed.getDocumentElement().getTagName()).isEqualTo("svg");
    assertThat(svg).contains(">cap<", ">l1<", "MACs", "latency", "before fine", "after fine");
  }

  @Test
  void whatIsDoneIsNotDoneAgain() throws IOException {
    Path out = copied();
    String marked =
        Files.readString(out.resolve(ROW))
            .replaceFirst("\"seconds\" : [0-9.E-]+", "\"seconds\" : 4321.5");
    Files.writeString(out.resolve(ROW), marked);

    CommandLineRun second = compare(out, "--methods=l1,random", "--keep-macs=0.6");

    assertThat(second.code()).as(second.err()).isZero();
    assertThat(second.err()).contains("row 2 of 2: random-0.6-1, about 72 min left");
    assertThat(Files.readString(out.resolve(ROW))).isEqualTo(marked);
    JsonNode rows = json(out.resolve("results.json")).at("/rows");
    assertThat(rows.get(0).at("/seconds").asDouble()).isEqualTo(4321.5);
    assertThat(rows.get(1).at("/method").asString()).isEqualTo("random");
  }

  @Test
  void aBusyMachineMakesNoMethodSlower() throws IOException {
    Path out = copied();
    ObjectNode row = (ObjectNode) json(out.resolve(ROW));
    ObjectNode single = (ObjectNode) row.at("/latencyMillis/batch1");
    ((ObjectNode) single.at("/before")).put("oneThread", 80.0);
    ((ObjectNode) single.at("/after")).put("oneThread", 50.0);
    Files.writeString(out.resolve(ROW), row.toString());

    CommandLineRun run = compare(out, "--methods=l1", "--keep-macs=0.6");

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains(" 62.5 % ").doesNotContain("50.000 ms");
  }

  @Test
  void rowsOfOtherSettingsAreNotMixed() throws IOException {
    Path out = copied();

    CommandLineRun other = compare(out, "--methods=l1", "--keep-macs=0.6", "--refit=off");

    assertThat(other.code()).isEqualTo(1);
    assertThat(other.err().lines()).hasSize(1);
    assertThat(other.err())
        .contains("holds rows of other settings", "stages.corrections.refit", "another folder");
  }

  @Test
  void aBudgetThatCannotBeMetShowsBeforeAnyWork() throws IOException {
    CommandLineRun run = compare(copied(), "--methods=l1", "--keep-macs=0.6,0.0001");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("cannot be met").doesNotContain("row ");
  }

  @Test
  void needsLabelledImagesToJudgeBy() {
    CommandLineRun run =
        CommandLineRun.of(
            "compare", model.toString(), "--data=" + images, "--out=" + folder.resolve("none"));

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("--val");
  }
}
