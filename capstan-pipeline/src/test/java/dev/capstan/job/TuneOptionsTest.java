package dev.capstan.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How long the original is trained before it teaches. */
final class TuneOptionsTest {
  /** A pass of it costs more than one of what it teaches: short trainings do without. */
  @ParameterizedTest
  @CsvSource({"0, 0", "1, 0", "3, 0", "4, 1", "6, 1", "20, 3"})
  void longTrainingsHaveATrainedTeacher(int epochs, int teacherEpochs) {
    assertThat(TuneOptions.of(epochs).teacherEpochs()).isEqualTo(teacherEpochs);
  }

  @Test
  void thereAreNoFewerPassesThanNone() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TuneOptions(null, false, -1, null))
        .withMessageContaining("-1");
  }
}
