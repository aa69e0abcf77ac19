package dev.capstan.pipeline.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.cost.WorkBudget;
import dev.capstan.graph.Graph;
import dev.capstan.zoo.Zoo;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How many images corrections see. */
final class CorrectionLengthTest {
  @Test
  void whatIsBoughtIsSeenAsFarAsItSaysAnything() {
    Graph graph = Zoo.randomCifarResNet(1, List.of(8, 8, 8), 10, 1);

    CorrectionLength some = CorrectionLength.of(graph, 0.5, 1000, 400);
    assertThat(some.statistics()).isEqualTo(83);
    assertThat(some.forwardRuns()).isBetween(900.0, 1000.0);
    CorrectionLength much = CorrectionLength.of(graph, 0.5, 1e9, 50_000);
    assertThat(much.statistics()).isEqualTo(256);
    assertThat(much.equations()).isEqualTo(2000);
    assertThat(CorrectionLength.of(graph, 0.5, 1, 400).equations()).isEqualTo(32);
    assertThat(CorrectionLength.of(graph, 0.5, 1, 5).equations()).isEqualTo(5);
  }

  @Test
  void smallNetworksSeeAsManyAsTheyDid() {
    Graph resNet = Zoo.randomCifarResNet(3, List.of(16, 32, 64), 10, 1);
    double runs = WorkBudget.of(resNet).corrections();

    CorrectionLength length = CorrectionLength.of(resNet, 0.5, runs, 47_500);

    assertThat(length.statistics()).isEqualTo(256);
    assertThat(length.equations()).isGreaterThan(1000);
  }

  /** The wider the layers, the dearer their equations beside their runs. */
  @Test
  void equationsAreCountedToo() {
    int before = Integer.MAX_VALUE;
    for (int width : new int[] {8, 32, 128}) {
      Graph graph = Zoo.randomCifarResNet(1, List.of(width, width, width), 10, 1);
      int images = CorrectionLength.of(graph, 1, 2000, 2000).equations();
      assertThat(images).isLessThan(before);
      before = images;
    }
  }
}
