package dev.capstan.pipeline.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.cost.WorkBudget;
import dev.capstan.graph.Graph;
import dev.capstan.job.BasisOptions;
import dev.capstan.zoo.Zoo;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** How long bases are learned where nobody says. */
final class LearningLengthTest {
  @RepeatedTest(50)
  void keepsToTheBudgetWhateverTheNetwork(RepetitionInfo info) {
    SplittableRandom random = new SplittableRandom(info.getCurrentRepetition());
    double runs = random.nextDouble(10, 200_000);
    double kept = random.nextDouble(0, 1);
    int available = random.nextInt(1, 100_000);

    LearningLength length = LearningLength.of(BasisOptions.DEFAULT, kept, runs, 1, available);

    assertThat(length.forwardRuns()).isLessThanOrEqualTo(runs);
    assertThat(length.images()).isBetween(1, Math.max(12_800, Math.min(50_000, available)));
    assertThat(length.batch()).isBetween(16, 32);
  }

  @Test
  void whatIsAskedForIsDone() {
    BasisOptions asked = BasisOptions.DEFAULT.withLearnImages(48_000);

    assertThat(LearningLength.of(asked, 0.5, 100, 1, 10))
        .isEqualTo(new LearningLength(48_000, 32, 120_000));
  }

  /** Half of a MobileNetV2: 50,000 photos took hours. */
  @Test
  void photosAreLookedAtForMinutes() {
    assertThat(LearningLength.of(BasisOptions.DEFAULT, 0.5, 2500, 1, 50_000))
        .isEqualTo(new LearningLength(1000, 16, 2500));
    assertThat(LearningLength.of(BasisOptions.DEFAULT, 0.5, 2500, 1, 500))
        .isEqualTo(new LearningLength(1000, 16, 2500));
  }

  /** What rows of docs/benchmarks.md on CIFAR-10 were measured with. */
  @Test
  void smallImagesAreAllLookedAt() {
    Graph resNet = Zoo.randomCifarResNet(3, List.of(16, 32, 64), 10, 1);
    double runs = WorkBudget.of(resNet).learning();

    assertThat(LearningLength.of(BasisOptions.DEFAULT, 0.49, runs, 1, 47_500).images())
        .isEqualTo(47_500);
    assertThat(LearningLength.of(BasisOptions.DEFAULT, 0.49, runs, 1, 800).images())
        .isEqualTo(12_800);
  }
}
