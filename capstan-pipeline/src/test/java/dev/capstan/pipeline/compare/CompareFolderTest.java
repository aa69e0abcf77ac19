package dev.capstan.pipeline.compare;

import static dev.capstan.report.CompareRows.figures;
import static dev.capstan.report.CompareRows.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.error.InvalidInputException;
import dev.capstan.job.CompareJob;
import dev.capstan.report.CompareReport.CompareRow;
import dev.capstan.report.CompareReport.Control.ControlRow;
import dev.capstan.report.CompareRows;
import dev.capstan.report.StageFigures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows that an earlier start finished. */
final class CompareFolderTest {
  private static final Map<String, Object> SETTINGS =
      Map.of("data", "images", "stages", Map.of("seed", 1, "method", Map.of("name", "cap")));
  private static final CompareJob.Key KEY = key("cap", 2);

  @TempDir Path parent;
  private Path folder;

  @BeforeEach
  void name() {
    folder = parent.resolve("one").resolve("compare");
  }

  private CompareFolder open() {
    return CompareFolder.open(folder, SETTINGS);
  }

  @Test
  void rowsSavedAreFoundAgain() {
    CompareRow row = CompareRows.of(KEY, figures(90, 80.5, 84.25), 12.5);
    open().save(KEY, row);

    assertThat(open().row(KEY)).contains(row);
    assertThat(open().row(key("cap", 1))).isEmpty();
    assertThat(open().row(key("pca", 2))).isEmpty();
  }

  @Test
  void rowsOfOutputsThatAreNoClassesAreFoundAgain() {
    StageFigures none = new StageFigures(Map.of());
    CompareRow.RowQuality quality =
        new CompareRow.RowQuality(none, Map.of("map", figures(0, 0.2, 0.1)), null, 7);
    CompareRow row =
        CompareRows.of(KEY, CompareRows.withMetric(quality, figures(0.9, 0.5, null)), 1);
    open().save(KEY, row);

    assertThat(open().row(KEY)).contains(row);
  }

  @Test
  void aControlSavedIsFoundAgain() {
    ControlRow row = CompareRows.control(3, 90, 91.5);
    open().save(row);

    assertThat(open().control(3)).contains(row);
    assertThat(open().control(1)).isEmpty();
  }

  @Test
  void aRowIsAFlatObject() throws IOException {
    open().save(KEY, CompareRows.of(KEY, figures(90, 80, null), 1));

    assertThat(Files.readString(folder.resolve("rows").resolve("cap-0.5-2.json")))
        .startsWith("{\n  \"method\" : \"cap\",\n  \"keepMacs\" : 0.5,\n  \"seed\" : 2,\n")
        .contains("\n  \"macs\" : 500,", "\n  \"top1\" : {", "\n  \"seconds\" : 1.0");
  }

  @Test
  void otherSettingsAreRefusedByName() {
    open();
    Map<String, Object> other =
        Map.of("data", "images", "stages", Map.of("seed", 1, "method", Map.of("name", "pca")));

    assertThatThrownBy(() -> CompareFolder.open(folder, other))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("stages.method.name was \"cap\", now it is \"pca\"");
    assertThatThrownBy(() -> CompareFolder.open(folder, Map.of("precision", "bf16")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("precision was null");
  }

  @Test
  void aRowThatCannotBeReadIsNamed() throws IOException {
    CompareFolder rows = open();
    Files.writeString(folder.resolve("rows").resolve("cap-0.5-2.json"), "{\"method\"");

    assertThatThrownBy(() -> rows.row(KEY))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("cap-0.5-2.json: cannot be read, remove it");
  }

  @Test
  void aFolderThatCannotBeMadeIsNamed() throws IOException {
    Files.writeString(parent.resolve("one"), "a file");

    assertThatThrownBy(this::open)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("cannot be made");
  }
}
