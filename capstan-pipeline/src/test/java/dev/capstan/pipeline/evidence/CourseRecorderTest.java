package dev.capstan.pipeline.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.capstan.recipe.WorkListener;
import dev.capstan.recipe.WorkListener.Figure;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How losses are kept: few points, whatever the run's length, and none is lost. */
final class CourseRecorderTest {
  private static Course of(int steps) {
    CourseRecorder recorder = new CourseRecorder(WorkListener.NONE);
    recorder.begin("learn", steps);
    for (int step = 1; step <= steps; step++) {
      recorder.advance(step, List.of(new Figure("loss", step), new Figure("images/s", 1e6)));
    }
    recorder.end();
    return recorder.courses().get(0);
  }

  @Test
  void aShortRunIsKeptWhole() {
    Course course = of(150);

    assertThat(course.points()).hasSize(150);
    assertThat(course.points().get(9)).isEqualTo(new Course.Point(10, 10));
  }

  /** Losses that rise evenly have as their mean the middle of what they are the mean of. */
  @Test
  void aLongRunIsThinnedToMeans() {
    Course course = of(100_000);

    assertThat(course.points()).hasSizeBetween(100, 200);
    long each = course.points().get(0).step();
    for (Course.Point point : course.points()) {
      assertThat(point.step() % each).isZero();
      assertThat(point.loss())
          .isCloseTo(point.step() - (each - 1) / 2.0, within(1e-3 * point.step()));
    }
    assertThat(course.points().get(course.points().size() - 1).step()).isGreaterThan(99_000);
  }

  @Test
  void whatHasNoLossIsNone() {
    CourseRecorder recorder = new CourseRecorder(WorkListener.NONE);
    recorder.begin("measure", 3);
    recorder.advance(1, List.of());
    recorder.advance(2, List.of(new Figure("loss", Double.NaN)));
    recorder.end();

    assertThat(recorder.courses()).isEmpty();
  }

  @Test
  void ofManyTriesTheLastAreKept() {
    CourseRecorder recorder = new CourseRecorder(WorkListener.NONE);
    for (int run = 0; run < 9; run++) {
      recorder.begin("run " + run, 2);
      recorder.advance(1, List.of(new Figure("loss", 1)));
      recorder.advance(2, List.of(new Figure("loss", 1)));
      recorder.end();
    }

    assertThat(recorder.courses())
        .extracting(Course::work)
        .containsExactly("run 5", "run 6", "run 7", "run 8");
  }
}
