package dev.capstan.pipeline.compare;

import static dev.capstan.report.CompareRows.figures;
import static dev.capstan.report.CompareRows.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.report.CompareReport;
import dev.capstan.report.CompareReport.CompareRow;
import dev.capstan.report.CompareReport.Control;
import dev.capstan.report.CompareRows;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

/** The chart of a comparison. */
final class CompareChartTest {
  private static final List<String> METHODS = List.of("cap", "pca", "l1", "<own> & new");

  /** Rows of all methods, of which one was perhaps not fine-tuned. */
  private static List<CompareRow> rows(Double lastTuned) {
    List<CompareRow> rows = new ArrayList<>();
    METHODS.forEach(
        name -> rows.add(CompareRows.of(key(name, 1), figures(90, 70 + rows.size(), 85.0), 1)));
    rows.add(CompareRows.of(key("first-order", 1), figures(90, 60, lastTuned), 1));
    return rows;
  }

  private static String text(List<CompareRow> rows) throws Exception {
    return text(CompareRows.report(rows));
  }

  private static String text(CompareReport report) throws Exception {
    String svg = CompareChart.svg(report);
    Element root =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(svg)))
            .getDocumentElement();
    assertThat(root.getTagName()).isEqualTo("svg");
    return root.getTextContent();
  }

  @Test
  void isXmlThatNamesEachMethod() throws Exception {
    assertThat(text(rows(80.0)))
        .contains(METHODS)
        .contains("first-order", "top-1 in % by method", "original");
  }

  @Test
  void fineTuningIsShownWhereAllWereFineTuned() throws Exception {
    assertThat(text(rows(80.0))).contains("before fine-tuning", "after fine-tuning");
    assertThat(text(rows(null))).contains("before fine-tuning").doesNotContain("after fine-tuning");
  }

  /** Two panels show what was trained, two what was not. */
  @Test
  void whatWasTrainedIsComparedWithTheOriginalTrainedAlike() throws Exception {
    Control control = Control.of(List.of(CompareRows.control(1, 90, 95)));

    assertThat(text(CompareRows.report(rows(80.0), control)).split(Control.NAME, -1)).hasSize(3);
    assertThat(text(CompareRows.report(rows(80.0)))).doesNotContain(Control.NAME);
  }

  @Test
  void aSingleRowIsEnough() throws Exception {
    assertThat(text(rows(80.0).subList(0, 1))).contains("cap").doesNotContain("pca");
  }
}
