package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.cli.table.CompressTable;
import dev.capstan.pipeline.result.CompressRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The page of a result, as a browser would read it. */
final class ReportCommandTest {
  private static Pages pages;
  private static Document page;

  @TempDir Path folder;

  @BeforeAll
  static void make() throws IOException {
    pages = Pages.made();
    page = Jsoup.parse(pages.html(), "UTF-8");
  }

  @Test
  void theLastLineSaysWhatToOpen() {
    assertThat(pages.classifier.out().trim()).endsWith("open: " + pages.html());
  }

  @Test
  void allPagesAreSound() throws IOException {
    for (Path html : pages.all()) {
      PageChecks.sound(html);
    }
  }

  @Test
  void namesOfFilesAreText() {
    assertThat(page.title()).contains(Pages.NAME);
    assertThat(page.select("h1").text()).contains(Pages.NAME);
    assertThat(page.select("img[onerror], img:not([alt])")).isEmpty();
  }

  /** In the order in which one asks. */
  @Test
  void showsWhatWasMeasured() {
    assertThat(page.select("h2").eachText())
        .containsExactly(
            "Before and after",
            "What other sizes would cost",
            "Channels along the network",
            "The network and its channels",
            "How much each set of channels matters",
            "Where the time goes",
            "What is told otherwise than before",
            "What was tried, and what was kept",
            "Where it comes from");
    assertThat(page.text())
        .contains(
            "Ranks on multiples of 16 would be 1.25 x faster here",
            "command capstan compress",
            "--thumbnails");
    assertThat(page.select("img")).isNotEmpty();
  }

  /** What is lost comes before what is won, and the figures are the record's. */
  @Test
  void saysWhatTheRecordSays() throws IOException {
    JsonNode record = JsonMapper.shared().readTree(Files.readString(pages.record()));
    JsonNode macs = record.at("/result/macs");
    double kept = macs.at("/after").asDouble() / macs.at("/before").asDouble();

    assertThat(page.select("p.lead").text())
        .matches("It gives .* It needs 0\\.\\d{3} of .*")
        .contains("%.3f of the multiply-accumulates".formatted(kept));
    assertThat(page.select("tbody th").eachText()).contains("MACs", "parameters", "file");
    assertThat(page.select("section[aria-labelledby=widths] .mark"))
        .hasSize(record.at("/result/channels").size())
        .allMatch(mark -> mark.attr("aria-label").matches(".*: \\d+ of \\d+ channels \\(.*\\)"));
    assertThat(page.select("section[aria-labelledby=network] .mark"))
        .hasSize(record.at("/evidence/network/layers").size())
        .anyMatch(mark -> mark.attr("aria-label").contains("left alone: "));
  }

  /** As another counter finds them in the two files. */
  @Test
  void totalsAreThoseOfTheFiles() throws IOException {
    for (Path html : pages.all()) {
      Path small = Path.of(html.toString().replace(".capstan.html", ".onnx"));
      Path model = Path.of(small.toString().replace("-small.onnx", ".onnx"));
      PageChecks.totals(html, List.of(model, small), Pages.image(model));
    }
  }

  /** However long names are. */
  @Test
  void theSummarysTableFitsTheTerminal() throws IOException {
    for (Path html : pages.all()) {
      Path small = Path.of(html.toString().replace(".capstan.html", ".onnx"));
      String summary = CompressTable.of(CompressRecord.read(small).report(), 60);

      assertThat(summary.lines().filter(line -> line.matches("(error|MACs|latency).*")))
          .hasSizeGreaterThan(3)
          .allMatch(line -> line.length() <= 60);
    }
  }

  @Test
  void outputsThatArePicturesAreShownSideBySide() throws IOException {
    Document pictures = Jsoup.parse(pages.all().get(2), "UTF-8");

    assertThat(pictures.select(".pictures figcaption").eachText())
        .containsExactly(
            "original", "compressed", "difference", "original", "compressed", "difference");
    assertThat(pictures.text()).contains("left alone", "'image' is off by");
  }

  @Test
  void isDrawnAgainFromTheRecordAlone() throws IOException {
    Path again = folder.resolve("again.html");
    String record = pages.record().toString();

    CommandLineRun drawn = CommandLineRun.of("report", record, "-o", again.toString());

    assertThat(drawn.code()).as(drawn.err()).isZero();
    assertThat(again).hasSameBinaryContentAs(pages.html());
    assertThat(CommandLineRun.of("report", record, "--markdown").out())
        .contains(
            "| MACs | ",
            "| figure | before | after | change | measured on |",
            "| counted, the whole file |");
    assertThat(JsonMapper.shared().readTree(CommandLineRun.of("report", record, "--json").out()))
        .isEqualTo(JsonMapper.shared().readTree(Files.readString(pages.record())));
  }

  @Test
  void anotherFileIsNoRecord() throws IOException {
    Path other = Files.writeString(folder.resolve("other.capstan.json"), "{\"result\": {}}");

    for (Path file :
        List.of(other, folder.resolve("missing.capstan.json"), folder.resolve("no.onnx"))) {
      CommandLineRun refused = CommandLineRun.of("report", file.toString());

      assertThat(refused.code()).isEqualTo(1);
      assertThat(refused.err()).hasLineCount(1);
    }
  }

  @Test
  void aRecordBesideAnotherModelIsRefused() throws IOException {
    Path record = pages.record();
    Path copy = Files.copy(record, folder.resolve(record.getFileName()));
    assertThat(CommandLineRun.of("report", copy.toString()).code()).isZero();
    Files.writeString(folder.resolve(Pages.NAME + "-small.onnx"), "of another run");
    CommandLineRun refused = CommandLineRun.of("report", copy.toString());
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err()).contains("expected the file that", "tells of").hasLineCount(1);
  }

  /** What is missing in a record is said, not met halfway through the page. */
  @Test
  void aRecordThatLacksAPartIsRefused() throws IOException {
    Path damaged = folder.resolve("damaged.capstan.json");
    String whole = Files.readString(pages.record());
    String lacking = whole.replaceFirst("\"machine\" ?: ?\\{", "\"m\": {");
    assertThat(lacking).isNotEqualTo(whole);
    for (String text : List.of("{}", "{\"result\": {}}", lacking)) {
      Files.writeString(damaged, text);
      CommandLineRun refused = CommandLineRun.of("report", damaged.toString());
      assertThat(refused.code()).isEqualTo(1);
      assertThat(refused.err())
          .startsWith("capstan: error: " + damaged + ": expected the record of a result")
          .hasLineCount(1);
    }
  }

  /** Found out before the work, not after it. */
  @Test
  void aPageThatCannotBeDrawnIsToldFirst() throws IOException {
    Files.createDirectory(folder.resolve("x.capstan.html"));
    CommandLineRun refused =
        CommandLineRun.ofCompress(
            List.of(
                Samples.model(folder.resolve("m.onnx"), 4).toString(),
                "--data="
                    + Samples.flat(
                        Samples.images(folder.resolve("drawn"), 2), folder.resolve("flat")),
                "-o",
                folder.resolve("x.onnx").toString()));
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err()).contains("x.capstan.html: is a folder").hasLineCount(1);
    assertThat(folder.resolve("x.onnx")).doesNotExist();
  }
}
