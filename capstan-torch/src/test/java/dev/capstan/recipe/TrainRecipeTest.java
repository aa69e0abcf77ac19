package dev.capstan.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The schedule and the ranges of a training recipe. */
class TrainRecipeTest {
  private final TrainRecipe recipe =
      TrainRecipe.fineTuning(10, 1).withSteps(100, 0.1).withDecay(TrainRecipe.Decay.ROOT);
  private final TrainRecipe.Schedule schedule = recipe.schedule();

  @Test
  void theRateRisesThenFallsToNearlyNothing() {
    int steps = schedule.steps(1000);
    assertThat(steps).isEqualTo(100);
    assertThat(recipe.height(0, steps)).isCloseTo(1 / 5.0, within(1e-12));
    assertThat(recipe.height(4, steps)).isCloseTo(1, within(1e-12));
    for (int step = 5; step < steps; step++) {
      assertThat(recipe.height(step, steps))
          .isPositive()
          .isLessThan(recipe.height(step - 1, steps));
    }
    assertThat(recipe.height(steps - 1, steps)).isCloseTo(1 - Math.sqrt(95 / 96.0), within(1e-12));
    TrainRecipe cosine = recipe.withDecay(TrainRecipe.Decay.COSINE);
    assertThat(cosine.height(steps - 1, steps)).isLessThan(1e-3);
    assertThat(cosine.height(52, steps)).isCloseTo(0.5, within(1e-12));
    assertThat(recipe.height(28, steps)).isCloseTo(0.5, within(1e-12));
  }

  /** Where weights hardly move, the statistics are a mean of all that was seen there. */
  @Test
  void runningStatisticsEndAsAMean() {
    int steps = 2000;
    assertThat(recipe.statisticsMomentum(0, steps)).isEqualTo(0.1);
    assertThat(recipe.statisticsMomentum(1899, steps)).isEqualTo(0.1);
    double[] weight = new double[steps];
    for (int step = 0; step < steps; step++) {
      double share = recipe.statisticsMomentum(step, steps);
      for (int before = 0; before < step; before++) {
        weight[before] *= 1 - share;
      }
      weight[step] = share;
    }
    for (int step = 1900; step < steps; step++) {
      assertThat(weight[step]).isCloseTo(1 / 110.0, within(1e-12));
    }
  }

  /** What was not compressed needs no high rates, and imitates nobody. */
  @Test
  void whatIsToTeachIsTrainedGentlyOnLabelsAlone() {
    TrainRecipe labels = TrainRecipe.fineTuning(4, 7).ofLabels(1);
    TrainRecipe shifted = TrainRecipe.fineTuning(16, 7).ofLabels(1);

    assertThat(labels.loss()).isEqualTo(new TrainRecipe.Loss(0, 0, 1, 0));
    assertThat(labels.schedule()).isEqualTo(TrainRecipe.manyPasses(1, 7).schedule());
    assertThat(labels.decay()).isEqualTo(TrainRecipe.Decay.COSINE);
    assertThat(labels.augmentation()).isEqualTo(TrainRecipe.fineTuning(4, 7).augmentation());
    assertThat(shifted).isEqualTo(labels);
  }

  @Test
  void imagesThatAreSeenOftenAreShifted() {
    assertThat(TrainRecipe.fineTuning(8, 1).augmentation().pad()).isZero();
    assertThat(TrainRecipe.fineTuning(9, 1).augmentation().pad()).isEqualTo(4);
    assertThat(TrainRecipe.fineTuning(20, 1).decay()).isEqualTo(TrainRecipe.Decay.ROOT);
    assertThat(TrainRecipe.fineTuning(21, 1)).isEqualTo(TrainRecipe.manyPasses(21, 1));
    assertThat(TrainRecipe.manyPasses(1, 1).withPasses(40, 64))
        .isEqualTo(TrainRecipe.manyPasses(40, 1));
    assertThat(TrainRecipe.fewViews(3, 1).augmentation().pad()).isEqualTo(4);
  }

  /** Where running statistics become a mean, images are as the network will meet them. */
  @Test
  void theLastStatisticsAreThoseOfImagesThatAreNotShifted() {
    int steps = 1000;
    for (TrainRecipe shifting :
        List.of(
            TrainRecipe.fineTuning(16, 1),
            TrainRecipe.fineTuning(40, 1),
            TrainRecipe.fromScratch(5, 1))) {
      long images = (long) steps * shifting.schedule().batch();
      for (int step = 0; step < steps; step++) {
        boolean mean = shifting.statisticsMomentum(step, steps) < 0.1;
        long first = (long) step * shifting.schedule().batch();
        assertThat(shifting.augmentation().at(first, images).pad()).isEqualTo(mean ? 0 : 4);
      }
    }
  }

  @Test
  void aSingleStepLearns() {
    assertThat(schedule.steps(3)).isEqualTo(10);
    assertThat(recipe.height(0, 1)).isPositive();
  }

  @Test
  void whatFillsNoBatchIsNotSeen() {
    assertThat(schedule.imagesSeen(1000)).isEqualTo(10_000);
    assertThat(schedule.imagesSeen(104)).isEqualTo(1000);
    assertThat(schedule.imagesSeen(3)).isEqualTo(30);
  }

  @Test
  void nonsenseIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> recipe.withSteps(0, 0.1))
        .withMessageContaining("batch 0");
    assertThatIllegalArgumentException().isThrownBy(() -> recipe.withSteps(1, Double.NaN));
    assertThatIllegalArgumentException().isThrownBy(() -> recipe.withMuonRate(1.5));
    assertThatIllegalArgumentException().isThrownBy(() -> new TrainRecipe.Loss(0, 1.5, 1, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> new TrainRecipe.Loss(1.1, 1, 1, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> new TrainRecipe.Loss(0, 1, 0, 0));
    for (double nonsense : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new TrainRecipe.Loss(0, 1, 1, nonsense))
          .withMessageContaining("weight of features " + nonsense);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new TrainRecipe.Loss(0, 1, nonsense, 0));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> recipe.withAveraging(1))
        .withMessageContaining("averaging 1.0");
    assertThatIllegalArgumentException().isThrownBy(() -> TrainRecipe.fromScratch(0, 1));
  }
}
