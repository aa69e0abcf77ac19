package dev.capstan.torch.internal.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.recipe.TrainRecipe.Optimizer;
import dev.capstan.torch.internal.watch.Course;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class WatchTest {
  /**
   * Of a quarter of a ResNet-20 on 800 images (docs/experiments.md, "Few images, sent back"): sent
   * back after 32 of 500 steps it ended no better than it began.
   */
  private static final double[] LOSSES = {
    0.781, 0.794, 0.857, 1.397, 1.739, 3.400, 3.034, 2.637, 1.038, 0.977, 0.788, 0.740, 0.732, 0.755
  };

  /** How often a run of these losses goes back. */
  private static int rollBacks(Optimizer optimizer, double start, double... losses) {
    Course course = Course.from(start);
    for (double loss : losses) {
      if (course.rises(loss, Watch.rise(optimizer))) {
        course = course.rolledBack();
      } else if (course.improves(loss)) {
        course = course.withBest(loss);
      }
    }
    return course.rollBacks();
  }

  @Test
  void runningStatisticsThatLagAreNoReasonToGoBack() {
    assertThat(rollBacks(Optimizer.MUON, 0.786, LOSSES)).isZero();
    assertThat(rollBacks(Optimizer.ADAM, 0.786, LOSSES)).isPositive();
  }

  @Test
  void whatIsLostGoesBack() {
    for (Optimizer optimizer : Optimizer.values()) {
      assertThat(rollBacks(optimizer, 0.2, 0.19, 4)).isEqualTo(1);
      assertThat(rollBacks(optimizer, 0.2, 0.19, Double.NaN)).isEqualTo(1);
    }
  }

  private static boolean exceedsChance(double... rises) {
    return Watch.exceedsChance(
        DoubleStream.of(rises).average().orElse(0),
        DoubleStream.of(rises).map(rise -> rise * rise).average().orElse(0),
        rises.length);
  }

  /** Half of ResNet-20 was thrown away so, though test images had gained a point. */
  @Test
  void aRiseThatFewImagesCannotTellIsNone() {
    assertThat(exceedsChance(0.9, -0.5, 0.1, -0.3)).isFalse();
    assertThat(exceedsChance(0.2, 0.1, 0.3, 0.2)).isTrue();
    assertThat(exceedsChance(-0.2, -0.1, -0.3, -0.2)).isFalse();
    assertThat(exceedsChance(0.01)).isTrue();
    assertThat(exceedsChance(0, 0)).isFalse();
    assertThat(exceedsChance(-1, Double.NaN)).isTrue();
    assertThat(exceedsChance()).isFalse();
  }
}
