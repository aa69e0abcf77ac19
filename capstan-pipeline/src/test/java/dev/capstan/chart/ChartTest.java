package dev.capstan.chart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.chart.Series.Point;
import java.io.StringReader;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

final class ChartTest {
  private static final Axis X = new Axis("cost", 0, 10);
  private static final Axis Y = new Axis("gain & loss", 0, 100);

  private static Series series(String name, double... heights) {
    return new Series(
        name,
        IntStream.range(0, heights.length).mapToObj(i -> new Point(9 - i, heights[i], 1)).toList());
  }

  private static Chart chart(Series... series) {
    return new Chart(
        "a < b",
        List.of(
            List.of(
                new Panel(
                    "panel", X, Y, List.of(series), List.of(new Panel.Level(90, "original"))))));
  }

  @Test
  void isXmlWhateverTheNames() throws Exception {
    String svg = chart(series("<&>", 10, 20)).svg();

    Document parsed =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(svg)));

    assertThat(parsed.getDocumentElement().getTagName()).isEqualTo("svg");
    assertThat(parsed.getDocumentElement().getTextContent())
        .contains("<&>", "a < b", "gain & loss");
  }

  @Test
  void aSeriesHasAMarkForEachPointAndOneInTheLegend() {
    String mark = Style.of(1).mark();

    String svg = chart(series("first", 10), series("second", 10, 20, 30)).svg();

    assertThat(svg.split(Pattern.quote(mark), -1)).hasSize(1 + 1 + 3);
  }

  @Test
  void marksAndColoursOfSevenSeriesDiffer() {
    assertThat(IntStream.range(0, 7).mapToObj(Style::of).map(Style::colour))
        .doesNotHaveDuplicates();
    assertThat(IntStream.range(0, 7).mapToObj(Style::of).map(Style::mark)).doesNotHaveDuplicates();
  }

  @Test
  void pointsRunFromLeftToRight() {
    assertThat(series("falling", 1, 2, 3).points()).extracting(Point::x).isSorted();
  }
}
