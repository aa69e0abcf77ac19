package dev.capstan.pipeline.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.cost.WorkBudget;
import dev.capstan.graph.DataType;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.op.Relu;
import dev.capstan.job.BasisOptions;
import dev.capstan.zoo.Zoo;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How long bases are learned where nobody says. */
final class LearningLengthTest {
  @RepeatedTest(50)
  void keepsToTheBudgetWhateverTheNetwork(RepetitionInfo info) {
    SplittableRandom random = new SplittableRandom(info.getCurrentRepetition());
    double runs = random.nextDouble(10, 200_000);
    double kept = random.nextDouble(0, 1);
    int available = random.nextInt(1, 100_000);
    double fitting = random.nextDouble(0.1, 100);

    LearningLength length =
        LearningLength.of(BasisOptions.DEFAULT, kept, runs, 1, available, fitting);

    assertThat(length.forwardRuns()).isLessThanOrEqualTo(runs);
    assertThat(length.images()).isBetween(1, (int) Math.min(50_000, 32L * available));
    assertThat(length.batch()).isBetween(1, 32);
    assertThat((double) length.batch()).isLessThanOrEqualTo(Math.max(1, fitting));
    assertThat((double) length.batch()).isGreaterThanOrEqualTo(Math.floor(Math.min(16, fitting)));
  }

  /** A YOLO at 640 x 640 keeps 1.5 GB an image: 16 of them were taken at once. */
  @ParameterizedTest
  @ValueSource(ints = {32, 320, 640, 1280})
  void whatAStepKeepsIsBounded(int side) {
    Graph network = mapsOf(side);
    for (double kept : new double[] {0.25, 0.75}) {
      for (BasisOptions options :
          List.of(BasisOptions.DEFAULT, BasisOptions.DEFAULT.withLearnImages(1000))) {
        LearningLength length = LearningLength.of(network, options, kept, 3000, 1, 500);
        double each = LearningLength.activations(network, kept);
        assertThat(length.batch() == 1 || length.batch() * each <= 6e9).isTrue();
        assertThat(length.batch() < 16 == 16 * each > 6e9).isTrue();
      }
    }
  }

  /** A network that gives many maps of an image's own size. */
  private static Graph mapsOf(int side) {
    TensorType image = new TensorType(DataType.FLOAT32, Shape.of(-1, 64, side, side));
    Graph.Builder network = Graph.builder("maps").input("x", image);
    String last = "x";
    for (int i = 0; i < 4; i++) {
      String next = "y" + i;
      network.node(new Relu(), next, last);
      last = next;
    }
    return network.output(last, image).build();
  }

  @Test
  void whatIsAskedForIsDone() {
    BasisOptions asked = BasisOptions.DEFAULT.withLearnImages(48_000);

    assertThat(LearningLength.of(asked, 0.5, 100, 1, 10, 1000))
        .isEqualTo(new LearningLength(48_000, 32, 120_000));
  }

  /** Half of a MobileNetV2: 50,000 photos took hours. */
  @Test
  void photosAreLookedAtForMinutes() {
    assertThat(LearningLength.of(BasisOptions.DEFAULT, 0.5, 2500, 1, 50_000, 1000))
        .isEqualTo(new LearningLength(1000, 16, 2500));
    assertThat(LearningLength.of(BasisOptions.DEFAULT, 0.5, 2500, 1, 500, 1000))
        .isEqualTo(new LearningLength(1000, 16, 2500));
  }

  /** What rows of docs/benchmarks.md of 1,000 images of CIFAR-10 were measured with. */
  @Test
  void smallImagesAreAllLookedAt() {
    Graph resNet = Zoo.randomCifarResNet(3, List.of(16, 32, 64), 10, 1);
    double runs = WorkBudget.of(resNet).learning();

    assertThat(LearningLength.of(BasisOptions.DEFAULT, 0.49, runs, 1, 47_500, 1000).images())
        .isEqualTo(49_595);
    assertThat(LearningLength.of(BasisOptions.DEFAULT, 0.49, runs, 1, 800, 1000).images())
        .isEqualTo(25_600);
  }

  @Test
  void whatIsSeenTwiceIsSeenOftener() {
    LearningLength length = new LearningLength(1000, 16, 2500);
    assertThat(length.repeats(400)).isTrue();
    assertThat(length.repeats(500)).isTrue();
    assertThat(length.repeats(501)).isFalse();
    assertThat(new LearningLength(Integer.MAX_VALUE, 16, 1).repeats(Integer.MAX_VALUE)).isFalse();
  }
}
