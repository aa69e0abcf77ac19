package dev.capstan.pipeline.compare;

import static dev.capstan.report.CompareRows.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.report.CompareReport.CompareRow;
import dev.capstan.report.CompareRows;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is told before each row of a comparison. */
final class RemainingTimeTest {
  private static CompareRow took(String method, double seconds) {
    return CompareRows.of(key(method, 1), CompareRows.figures(90, 80, null), seconds);
  }

  @Test
  void beforeTheFirstRowNothingTells() {
    assertThat(new RemainingTime(3, List.of(), 0).before(List.of(key("cap", 1), key("pca", 1))))
        .isEqualTo("row 2 of 3: cap-0.5-1");
  }

  @Test
  void rowsOfTheSameMethodTell() {
    RemainingTime remaining = new RemainingTime(5, List.of(took("cap", 30), took("cap", 10)), 0);
    remaining.done(took("pca", 2));

    assertThat(remaining.before(List.of(key("cap", 2), key("pca", 2))))
        .isEqualTo("row 4 of 5: cap-0.5-2, about 22 s left in all");
  }

  @Test
  void ofAMethodThatHasNoRowAllOthersTell() {
    RemainingTime remaining = new RemainingTime(3, List.of(took("cap", 30), took("pca", 10)), 0);

    assertThat(remaining.before(List.of(key("l1", 1)))).endsWith("about 20 s left in all");
  }

  @Test
  void longerWaitsAreToldInMinutes() {
    assertThat(new RemainingTime(2, List.of(took("cap", 89)), 0).before(List.of(key("cap", 2))))
        .endsWith("about 89 s left in all");
    assertThat(new RemainingTime(2, List.of(took("cap", 90)), 0).before(List.of(key("cap", 2))))
        .endsWith("about 2 min left in all");
    assertThat(new RemainingTime(2, List.of(took("cap", 3600)), 0).before(List.of(key("cap", 2))))
        .endsWith("about 60 min left in all");
  }

  /** While its rows are done a comparison has not come to the original, trained alike. */
  @Test
  void trainingsOfTheOriginalAreStillToCome() {
    RemainingTime remaining = new RemainingTime(3, List.of(took("cap", 30), took("pca", 10)), 3);

    assertThat(remaining.before(List.of(key("pca", 2)))).endsWith("about 70 s left in all");
  }
}
