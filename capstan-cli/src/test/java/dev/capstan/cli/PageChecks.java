package dev.capstan.cli;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.capstan.cli.table.Quantity;
import dev.capstan.testing.FileCounter;
import dev.capstan.testing.FileCounter.Count;
import dev.capstan.testing.OrtOracle.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Attribute;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;

/** What every page of a result keeps, as it can be told without a browser. */
final class PageChecks {
  private static final List<String> TEXTS = List.of("ink", "quiet", "warn", "good");
  private static final List<String> SHAPES =
      List.of(
          "after", "free", "selected", "alone", "alike", "s0", "s1", "s2", "s3", "s4", "s5", "s6");

  private PageChecks() {}

  /** Checks a page, and gives it. */
  static Document sound(Path html) throws IOException {
    Document page = Jsoup.parse(html, "UTF-8");
    nothingIsFetched(page);
    onlyOurOwnRuns(page, Files.readString(html));
    everythingHasAName(page);
    bothPalettesCanBeRead(page.select("style").html());
    return page;
  }

  /** Checks that a page's totals are those of the files before and after, counted anew. */
  static void totals(Path html, List<Path> files, Map<String, Tensor> image) throws IOException {
    Map<String, List<String>> rows =
        Jsoup.parse(html, "UTF-8").select("tr:has(th[scope=row])").stream()
            .filter(row -> row.select("td").size() > 1)
            .collect(
                toMap(
                    row -> row.select("th").text(),
                    row -> row.select("td").eachText().subList(0, 2),
                    (first, later) -> first));
    List<Count> counts = files.stream().map(file -> FileCounter.of(file, image)).toList();
    List<Long> sizes = files.stream().map(file -> file.toFile().length()).toList();
    assertThat(rows)
        .containsEntry("MACs", counts.stream().map(c -> Quantity.count(c.macs())).toList())
        .containsEntry(
            "parameters", counts.stream().map(c -> Quantity.count(c.parameters())).toList())
        .containsEntry("file", sizes.stream().map(Quantity::bytes).toList());
  }

  /** What the sentence says of an output that a tail computes, the table says, too. */
  static void errorIsInTheTable(Path html, String output) throws IOException {
    Document page = Jsoup.parse(html, "UTF-8");
    Matcher said =
        Pattern.compile("'" + output + "' is off by (\\S+) of its variation")
            .matcher(page.select("p.lead").text());
    assertThat(said.find()).isTrue();
    Map<String, String> rows = new HashMap<>();
    page.select("section[aria-labelledby=figures] tbody tr")
        .forEach(row -> rows.put(row.child(0).text(), row.child(2).text()));
    double error = Double.parseDouble(said.group(1));
    assertThat(rows).containsKey("error of '" + output + "'");
    assertThat(Double.parseDouble(rows.get("error of '" + output + "'")))
        .isCloseTo(error, withinPercentage(1));
    assertThat(rows.keySet())
        .filteredOn(row -> row.startsWith("error of ") && !row.equals("error of '" + output + "'"))
        .isNotEmpty()
        .allMatch(row -> row.contains(", before the tail, after "));
  }

  private static void nothingIsFetched(Document page) {
    assertThat(page.select("link, iframe, object, embed, form, base, audio, video")).isEmpty();
    for (Element element : page.getAllElements()) {
      for (Attribute attribute : element.attributes()) {
        String value = attribute.getValue();
        assertThat(attribute.getKey()).doesNotStartWith("on").isNotIn("href", "style", "srcset");
        if (attribute.getKey().equals("src")) {
          assertThat(value).startsWith("data:image/png;base64,");
        } else if (!List.of("alt", "aria-label").contains(attribute.getKey())) {
          assertThat(value).doesNotContain("://");
        }
      }
    }
    assertThat(page.select("style").html()).doesNotContain("url(", "@import");
  }

  /** The policy allows the style sheet and the script that stand in the page, by their hashes. */
  private static void onlyOurOwnRuns(Document page, String html) {
    assertThat(page.select("script")).hasSize(1);
    assertThat(page.select("style")).hasSize(1);
    assertThat(page.select("meta[http-equiv=Content-Security-Policy]").attr("content"))
        .isEqualTo(
            "default-src 'none'; style-src 'sha256-%s'; script-src 'sha256-%s'; img-src data:"
                .formatted(hash(html, "style"), hash(html, "script")));
  }

  private static String hash(String html, String element) {
    int from = html.indexOf("<" + element + ">") + element.length() + 2;
    String content = html.substring(from, html.indexOf("</" + element + ">", from));
    try {
      byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
      byte[] sum = MessageDigest.getInstance("SHA-256").digest(bytes);
      return Base64.getEncoder().encodeToString(sum);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void everythingHasAName(Document page) {
    Set<String> ids = new HashSet<>();
    page.select("[id]").forEach(element -> assertThat(ids.add(element.id())).isTrue());
    page.select("[aria-labelledby]")
        .forEach(element -> assertThat(ids).contains(element.attr("aria-labelledby")));
    assertThat(page.select("section")).isNotEmpty();
    page.select("section, .scroll, .mark")
        .forEach(
            element ->
                assertThat(element.attr("aria-label") + element.attr("aria-labelledby"))
                    .isNotBlank());
    page.select("img").forEach(image -> assertThat(image.attr("alt")).isNotBlank());
    page.select("th:first-child[scope=row]").forEach(th -> assertThat(th.text()).isNotBlank());
  }

  /** By WCAG 2: text 4.5 to 1, shapes 3 to 1. */
  private static void bothPalettesCanBeRead(String style) {
    List<MatchResult> palettes =
        Pattern.compile(":root \\{([^}]*--s6[^}]*)\\}").matcher(style).results().toList();
    assertThat(palettes).hasSize(2);
    for (MatchResult palette : palettes) {
      TEXTS.forEach(name -> contrast(palette.group(1), name, 4.5));
      SHAPES.forEach(name -> contrast(palette.group(1), name, 3));
    }
  }

  private static void contrast(String palette, String name, double least) {
    double one = luminance(palette, name);
    double other = luminance(palette, "paper");
    double contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    assertThat(contrast).as(name + " of " + palette).isGreaterThanOrEqualTo(least);
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
}
