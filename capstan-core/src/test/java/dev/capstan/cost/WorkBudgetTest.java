package dev.capstan.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Shape;
import dev.capstan.graph.Value;
import dev.capstan.zoo.Zoo;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a compression may cost. */
final class WorkBudgetTest {
  private static final Graph SMALL = Zoo.randomCifarResNet(3, List.of(16, 32, 64), 10, 1);

  private static Graph onImagesOf(int side) {
    return onImagesOf(SMALL, side);
  }

  private static Graph onImagesOf(Graph network, int side) {
    Value input = network.inputs().get(0);
    Shape shape = input.type().shape().with(2, Dim.of(side)).with(3, Dim.of(side));
    Value image = new Value(input.name(), input.type().with(shape));
    return network.edit().inputs(List.of(image)).build();
  }

  /** What is waited for, in multiply-accumulates, grows with the network, but not as much. */
  @Test
  void largeNetworksGetFewerRuns() {
    WorkBudget before = WorkBudget.of(onImagesOf(224));
    assertThat(before).isEqualTo(new WorkBudget(1500, 1500, 1000, 2500, 2500));
    double waited = 0;
    for (int side : new int[] {224, 256, 320, 448, 1024}) {
      Graph network = onImagesOf(side);
      WorkBudget budget = WorkBudget.of(network);
      double macs = budget.all() * Cost.of(network).macs();
      assertThat(budget.all()).isLessThanOrEqualTo(before.all());
      assertThat(macs).isGreaterThanOrEqualTo(waited);
      before = budget;
      waited = macs;
    }
    assertThat(before.all()).isCloseTo(0.55 * 9000, within(1e-6));
  }

  /** As a ResNet-50: images that are no smaller than photos earn it nothing. */
  @Test
  void aLargeNetworkOfPhotosGetsFewerRunsForAll() {
    Graph wide = Zoo.randomCifarResNet(3, List.of(32, 64, 128), 10, 1);

    WorkBudget budget = WorkBudget.of(onImagesOf(wide, 224));

    assertThat(budget.learning()).isEqualTo(0.55 * 2500);
    assertThat(budget.all()).isCloseTo(0.55 * 9000, within(1e-6));
  }

  /**
   * As much as before there were budgets: 50,000 views of half the network, taught by all of it.
   */
  @Test
  void smallImagesAreSeenMoreOften() {
    WorkBudget small = WorkBudget.of(SMALL);

    assertThat(small.learning()).isGreaterThan(47_500 * 2.5);
    assertThat(small.training()).isGreaterThan(73_000);
    assertThat(small.sensitivities()).isCloseTo(4.5e11 / Cost.of(SMALL).macs(), within(1.0));
  }

  @Test
  void theSmallerTheImagesTheMore() {
    double before = 0;
    for (int side : new int[] {224, 128, 64, 32}) {
      WorkBudget budget = WorkBudget.of(onImagesOf(side));
      assertThat(budget.all()).isGreaterThanOrEqualTo(before);
      before = budget.all();
    }
  }

  @Test
  void anotherSumIsSharedAlike() {
    WorkBudget budget = WorkBudget.of(SMALL);
    WorkBudget twice = budget.of(2 * budget.all());

    assertThat(twice.all()).isCloseTo(2 * budget.all(), within(1e-6));
    assertThat(twice.exchange()).isCloseTo(2 * budget.exchange(), within(1e-6));
    assertThat(twice.training()).isCloseTo(2 * budget.training(), within(1e-6));
  }
}
