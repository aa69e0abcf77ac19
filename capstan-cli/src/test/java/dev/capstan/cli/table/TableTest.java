package dev.capstan.cli.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.cli.table.Table.Column;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables as they are shown. */
final class TableTest {
  private static final Table TABLE =
      new Table(
          List.of(Column.words("layer"), Column.words("operator"), Column.numbers("MACs")),
          List.of(
              List.of("features/stage_3/block_11/conv_2/kernel", "Convolution of kinds", "1234567"),
              List.of("short", "Relu", "")));

  @ParameterizedTest
  @ValueSource(ints = {31, 32, 40, 55, 70, 1000})
  void noLineIsLongerThanTheTerminalIsWide(int width) {
    assertThat(TABLE.within(width).toString().lines())
        .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(width))
        .anyMatch(line -> line.endsWith("1234567"));
  }

  /** What others tell goes first, then names are cut. */
  @Test
  void spareColumnsGoBeforeWordsAreCut() {
    Table table =
        new Table(
            List.of(Column.words("layer"), Column.spare("input"), Column.numbers("MACs")),
            List.of(List.of("a layer of some name", "[1x2x3]", "12")));

    assertThat(table.within(40).toString()).isEqualTo(table.toString());
    assertThat(table.within(30).toString())
        .contains("a layer of some name    12")
        .doesNotContain("[1");
    assertThat(table.within(20).toString().lines()).allMatch(line -> line.length() <= 20);
  }

  @Test
  void namesLoseTheirMiddle() {
    assertThat(TABLE.within(40).toString()).contains("feature", "kernel", "…", "short  ");
    assertThat(TABLE.within(200)).isEqualTo(TABLE);
    assertThat(TABLE.within(1).rows().get(1)).isEqualTo(TABLE.rows().get(1));
  }

  /** The name of an output may be anything: it stays in its cell, and is read as it is. */
  @Test
  void wordsAreNoMarkupInADocument() {
    Table table = new Table(List.of(Column.words("of")), List.of(List.of("a|b`c<img src=x>*\\")));

    assertThat(table.markdown()).endsWith("\n| a\\|b\\`c\\<img src=x>\\*\\\\ |");
  }
}
