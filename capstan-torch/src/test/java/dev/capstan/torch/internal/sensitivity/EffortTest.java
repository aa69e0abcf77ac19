package dev.capstan.torch.internal.sensitivity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.graph.Graph;
import dev.capstan.rank.RankGrid;
import dev.capstan.recipe.stage.MeasureRecipe;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.zoo.Zoo;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** What a measurement looks at, and what that costs. */
class EffortTest {
  private static double runs(Effort effort, double behind) {
    return effort.calibrated() + effort.measured() * (1 + effort.ranks() * behind);
  }

  @RepeatedTest(50)
  void keepsToTheBudgetWhateverTheNetwork(RepetitionInfo info) {
    SplittableRandom random = new SplittableRandom(info.getCurrentRepetition());
    double budget = random.nextDouble(1500, 50_000);
    double behind = random.nextDouble(0.5, 100);
    int available = random.nextInt(1, 2000);

    Effort effort = Effort.within(budget, behind, 0, available);

    assertThat(runs(effort, behind)).isLessThanOrEqualTo(budget);
    assertThat(effort.measured()).isBetween(1, 512);
    // Few images have to serve for both.
    assertThat(effort.images()).isBetween(2, available < 16 ? 2 * available : available);
  }

  /** A ResNet-50 has 36 spaces, half of it behind each on average. */
  @Test
  void aNetworkForPhotosIsTriedAtFewRanksOnFewImages() {
    assertThat(Effort.within(1500, 18, 0, 500)).isEqualTo(new Effort(250, 17, 4));
    // The smallest rank is left out rather than images.
    assertThat(Effort.within(825, 18, 0, 500)).isEqualTo(new Effort(137, 12, 3));
  }

  @Test
  void whatIsAskedForIsDone() {
    assertThat(Effort.within(1500, 18, 100, 500)).isEqualTo(new Effort(250, 100, 3));
    assertThat(Effort.within(1500, 18, 100, 60)).isEqualTo(new Effort(30, 30, 3));
    assertThat(Effort.within(1500, 18, 4, 500)).isEqualTo(new Effort(250, 4, 8));
  }

  /** Half of three images would be one. */
  @Test
  void ofFewImagesAllAreSeenForBoth() {
    assertThat(Effort.within(1500, 2, 0, 3)).isEqualTo(new Effort(3, 3, 8));
  }

  @Test
  void smallNetworksAreTriedAtManyRanksOnManyImages() {
    Graph resNet = Zoo.randomCifarResNet(3, List.of(16, 32, 64), 10, 1);
    ChannelSpaces spaces = ChannelSpaces.of(resNet, Residual.KEEP);

    MeasureRecipe recipe = new MeasureRecipe(new RankGrid(0, 1), 0);
    Effort effort = Effort.of(resNet, spaces.compressible(), recipe, 1000);

    assertThat(effort.ranks()).isEqualTo(8);
    assertThat(effort.measured()).isGreaterThan(128);
  }
}
