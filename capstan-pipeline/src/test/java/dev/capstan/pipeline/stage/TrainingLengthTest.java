package dev.capstan.pipeline.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.cost.WorkBudget;
import dev.capstan.graph.Graph;
import dev.capstan.recipe.TrainRecipe;
import dev.capstan.zoo.Zoo;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** How long weights are trained where nobody says. */
final class TrainingLengthTest {
  @RepeatedTest(50)
  void keepsToTheViewsThereAreWhateverTheNetwork(RepetitionInfo info) {
    SplittableRandom random = new SplittableRandom(info.getCurrentRepetition());
    double views = random.nextDouble(100, 100_000);
    int available = random.nextInt(1, 100_000);
    double fitting = random.nextDouble(0.5, 1000);

    TrainingLength length = TrainingLength.of(0.5, 2.5 * views, 1, available, fitting);

    assertThat((double) length.images() * length.epochs()).isLessThanOrEqualTo(views);
    assertThat(length.forwardRuns()).isLessThanOrEqualTo(2.5 * views);
    assertThat(length.images()).isBetween(1, available);
    assertThat(length.epochs()).isPositive();
    assertThat(length.batch()).isBetween(1, (int) Math.max(1, fitting));
  }

  /** Half of a ResNet-50: 5,000 forward runs, in batches that leave a hundred steps. */
  @Test
  void fewPhotosAreLookedAtAFewTimes() {
    TrainingLength length = TrainingLength.of(0.5, 5000, 1, 500, 100);

    assertThat(length).isEqualTo(new TrainingLength(500, 4, 20, 5000));
    assertThat(length.isShort()).isTrue();
  }

  @Test
  void fewSmallImagesAreLookedAtMoreOften() {
    Graph resNet = Zoo.randomCifarResNet(3, List.of(16, 32, 64), 10, 1);

    TrainingLength length =
        TrainingLength.of(resNet, 0.5, WorkBudget.of(resNet).training(), 1, 800);

    assertThat(length.images()).isEqualTo(800);
    assertThat(length.epochs()).isBetween(15, 40);
    assertThat(length.batch()).isEqualTo(64);
    assertThat(length.isShort()).isFalse();
  }

  @Test
  void aRecipeSuitsHowOftenImagesAreSeen() {
    TrainRecipe recipe = TrainRecipe.manyPasses(10, 1);

    assertThat(new TrainingLength(1999, 10, 16, 1).fit(recipe)).isEqualTo(recipe.byAdam());
    assertThat(new TrainingLength(5000, 10, 64, 1).fit(recipe)).isEqualTo(recipe.ofFewPasses());
    assertThat(new TrainingLength(4000, 11, 64, 1).fit(recipe)).isEqualTo(recipe);
  }

  @Test
  void onePassIsNoPasses() {
    assertThat(new TrainingLength(9, 1, 3, 1).views()).startsWith("1 pass over 9 images");
    assertThat(new TrainingLength(9, 2, 3, 1).views()).startsWith("2 passes over 9 images");
  }

  @Test
  void manyImagesAreLookedAtOnceAtMost() {
    assertThat(TrainingLength.of(0.5, 75_000, 1, 1_000_000, 100).epochs()).isEqualTo(1);
    assertThat(TrainingLength.of(0.5, 75_000, 1, 1_000_000, 100).images()).isEqualTo(30_000);
  }
}
