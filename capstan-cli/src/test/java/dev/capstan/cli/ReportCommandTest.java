package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Attribute;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of a result, as a browser would read it. */
final class ReportCommandTest {
  private static final String NAME = "a<img src=x onerror=alert(1)>\"'&";

  @TempDir static Path folder;
  private static Path record;
  private static Path html;
  private static CommandLineRun run;
  private static Document page;

  @BeforeAll
  static void compress() throws IOException {
    Path model = Samples.model(folder.resolve(NAME + ".onnx"), 10);
    Path images = Samples.flat(Samples.images(folder.resolve("drawn"), 30), folder.resolve("flat"));
    List<String> asked = List.of("--method=activation", "--ranks=uniform");
    run =
        CommandLineRun.ofCompress(
            List.of(model.toString(), "--data=" + images, asked.get(0), asked.get(1)));
    assertThat(run.code()).as(run.err()).isIn(0, 3);
    record = folder.resolve(NAME + "-small.capstan.json");
    html = folder.resolve(NAME + "-small.capstan.html");
    page = Jsoup.parse(html, "UTF-8");
  }

  @Test
  void theLastLineSaysWhatToOpen() {
    assertThat(run.out().trim()).endsWith("open: " + html);
  }

  @Test
  void nothingIsFetchedNorRun() {
    assertThat(page.select("meta[http-equiv=Content-Security-Policy]").attr("content"))
        .isEqualTo("default-src 'none'; style-src 'unsafe-inline'");
    assertThat(page.select("script, link, img, iframe, object, embed, form, base")).isEmpty();
    for (Element element : page.getAllElements()) {
      for (Attribute attribute : element.attributes()) {
        assertThat(attribute.getKey()).doesNotStartWith("on").isNotIn("src", "href", "style");
        assertThat(attribute.getValue()).doesNotContain("://");
      }
    }
    assertThat(page.select("style").html()).doesNotContain("url(", "@import");
  }

  @Test
  void namesOfFilesAreText() {
    assertThat(page.title()).contains(NAME);
    assertThat(page.select("h1").text()).contains(NAME);
  }

  @Test
  void everyLabelRefersToOneElement() {
    Map<String, Integer> ids = new HashMap<>();
    page.select("[id]").forEach(element -> ids.merge(element.id(), 1, Integer::sum));
    assertThat(ids.values()).containsOnly(1);
    assertThat(page.select("[aria-labelledby]")).isNotEmpty();
    page.select("[aria-labelledby]")
        .forEach(element -> assertThat(ids).containsKey(element.attr("aria-labelledby")));
    assertThat(page.select("svg g[tabindex=0] > title")).hasSameSizeAs(page.select("svg g"));
  }

  /** What is lost comes before what is won, and the figures are the record's. */
  @Test
  void saysWhatTheRecordSays() {
    assertThat(page.select("p.lead").text()).matches("It gives .* It needs 0\\.\\d{3} of .*");
    assertThat(page.select("tbody th").eachText()).contains("MACs", "parameters", "file");
    assertThat(page.select("svg g > title").eachText())
        .isNotEmpty()
        .allMatch(words -> words.matches(".*: \\d+ of \\d+ channels \\(.*\\)"));
  }

  /** Text on paper by WCAG 2: at least 4.5 to 1 in both palettes. */
  @Test
  void bothPalettesCanBeRead() {
    List<MatchResult> palettes =
        Pattern.compile(":root \\{([^}]*)\\}")
            .matcher(page.select("style").html())
            .results()
            .toList();
    assertThat(palettes).hasSize(2);
    for (MatchResult palette : palettes) {
      for (String text : List.of("ink", "quiet", "warn", "good", "after")) {
        double one = luminance(palette.group(1), text);
        double other = luminance(palette.group(1), "paper");
        double contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
        assertThat(contrast).as(text + " of " + palette.group(1)).isGreaterThanOrEqualTo(4.5);
      }
    }
  }

  private static double luminance(String palette, String name) {
    MatchResult colour =
        Pattern.compile("--" + name + ": #(..)(..)(..);")
            .matcher(palette)
            .results()
            .findFirst()
            .orElseThrow();
    double[] weights = {0.2126, 0.7152, 0.0722};
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      double value = Integer.parseInt(colour.group(i + 1), 16) / 255.0;
      sum +=
          weights[i] * (value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4));
    }
    return sum;
  }

  @Test
  void isDrawnAgainFromTheRecordAlone() throws IOException {
    Path again = folder.resolve("again.html");

    CommandLineRun drawn = CommandLineRun.of("report", record.toString(), "-o", again.toString());

    assertThat(drawn.code()).as(drawn.err()).isZero();
    assertThat(again).hasSameBinaryContentAs(html);
    assertThat(CommandLineRun.of("report", record.toString(), "--markdown").out())
        .contains("| MACs | ", "| figure | before | after | change |");
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
}
