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
    assertThat(CorrectionLength.within(71.4, 300.5, 400)).isEqualTo(new CorrectionLength(71, 300));
    assertThat(CorrectionLength.within(1e6, 1e6, 50_000))
        .isEqualTo(new CorrectionLength(256, 2000));
    assertThat(CorrectionLength.within(1, 1, 400)).isEqualTo(new CorrectionLength(32, 32));
    assertThat(CorrectionLength.within(1, 1, 5)).isEqualTo(new CorrectionLength(5, 5));
  }

  @Test
  void smallNetworksSeeAsManyAsTheyDid() {
    Graph resNet = Zoo.randomCifarResNet(3, List.of(16, 32, 64), 10, 1);
    double runs = WorkBudget.of(resNet).corrections();

    CorrectionLength length = CorrectionLength.of(resNet, resNet, runs, 47_500);

    assertThat(length.statistics()).isEqualTo(256);
    assertThat(length.equations()).isGreaterThan(1000);
  }

  /** The wider the layers, the dearer their equations beside their runs. */
  @Test
  void equationsAreCountedToo() {
    int before = Integer.MAX_VALUE;
    for (int width : new int[] {8, 32, 128}) {
      Graph graph = Zoo.randomCifarResNet(1, List.of(width, width, width), 10, 1);
      int images = CorrectionLength.of(graph, graph, 2000, 2000).equations();
      assertThat(images).isLessThan(before);
      before = images;
    }
  }
}
