package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.cli.table.Quantity;
import dev.capstan.cli.table.Table;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tables and numbers as a user reads them. */
final class TextTest {
  @Test
  void columnsLineUp() {
    Table table =
        new Table(
            List.of(Table.Column.words("layer"), Table.Column.numbers("MACs")),
            List.of(List.of("conv1", "40.6 M"), List.of("classifier", "640")));

    assertThat(table.toString().lines())
        .containsExactly(
            "layer         MACs", "----------  ------", "conv1       40.6 M", "classifier     640");
  }

  @Test
  void aRowThatDoesNotFitIsAnError() {
    List<Table.Column> columns = List.of(Table.Column.words("a"));

    assertThatThrownBy(() -> new Table(columns, List.of(List.of("1", "2"))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "512, 512",
    "999, 999",
    "1000, 1.00 k",
    "999499, 999 k",
    "999500, 1.00 M",
    "40551680, 40.6 M",
    "1230000000, 1.23 G",
    "9995, 10.0 k",
    "-4200, -4.20 k",
    "9223372036854775807, 9.22 E",
  })
  void countsHaveThreeDigits(long count, String text) {
    assertThat(Quantity.count(count)).isEqualTo(text);
  }

  @Test
  void sizesAreInBytes() {
    assertThat(Quantity.bytes(512)).isEqualTo("512 B");
    assertThat(Quantity.bytes(1_097_053)).isEqualTo("1.10 MB");
  }

  @Test
  void numbersDoNotDependOnTheLocale() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.GERMANY);
    try {
      assertThat(Quantity.percent(0.8112)).isEqualTo("81.1 %");
      assertThat(Quantity.count(1500)).isEqualTo("1.50 k");
    } finally {
      Locale.setDefault(before);
    }
  }

  @ParameterizedTest
  @CsvSource({"42, '0:42'", "725, '12:05'", "10800, '3:00:00'", "0, '0:00'"})
  void durations(long seconds, String text) {
    assertThat(Quantity.duration(Duration.ofSeconds(seconds))).isEqualTo(text);
  }
}
