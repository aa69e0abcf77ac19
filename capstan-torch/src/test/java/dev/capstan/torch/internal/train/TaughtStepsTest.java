package dev.capstan.torch.internal.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.data.Dataset;
import dev.capstan.data.DatasetView;
import dev.capstan.data.Division;
import dev.capstan.data.ImageDecoder;
import dev.capstan.data.ImageIoDecoder;
import dev.capstan.data.ImageStore;
import dev.capstan.data.Order;
import dev.capstan.data.shapes.ShapeImages;
import dev.capstan.graph.Graph;
import dev.capstan.image.Augmentation;
import dev.capstan.image.Preprocessing;
import dev.capstan.image.RgbImage;
import dev.capstan.recipe.TrainRecipe;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.loss.TaskLoss;
import dev.capstan.torch.internal.tensor.Precision;
import dev.capstan.torch.internal.tensor.Tensors;
import dev.capstan.zoo.Zoo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Steps that are begun ahead are those that are taken as they come. */
class TaughtStepsTest {
  private static final int IMAGES = 12;
  private static final int OF_A_STEP = 4;

  /** A whole step of these, and one that is in another step. */
  private static final List<Integer> DAMAGED = List.of(4, 5, 6, 7, 9);

  private final Graph net = Zoo.randomCifarResNet(1, List.of(4), 10, 2);

  private static ImageStore store() {
    ShapeImages shapes = new ShapeImages(1, IMAGES);
    DatasetView partlyDamaged =
        new DatasetView() {
          @Override
          public Dataset whole() {
            return shapes;
          }

          @Override
          public RgbImage image(int index, ImageDecoder decoder) throws IOException {
            if (DAMAGED.contains(index)) {
              throw new IOException("damaged");
            }
            return shapes.image(index, decoder);
          }
        };
    return new ImageStore(partlyDamaged, new ImageIoDecoder(), Preprocessing.imageNet(32, 32));
  }

  /** What a share is, in words and to the bit. */
  private static String told(TaughtSteps.Share share) {
    return "step %d, labels %s, targets %s"
        .formatted(
            share.number(),
            share.parts().stream().map(part -> Arrays.toString(part.labels())).toList(),
            share.targets().stream().map(one -> Arrays.hashCode(Tensors.floats(one))).toList());
  }

  private List<String> taken(boolean ahead, int parts) {
    List<String> shares = new ArrayList<>();
    TrainRecipe.Loss weights = new TrainRecipe.Loss(0, 0.5, 1, 0);
    Teacher teacher = new Teacher(net, new Execution(Precision.FP32, 1));
    ImageStore store = store();
    try (PointerScope scope = new PointerScope();
        Objective objective =
            new Objective(new TaskLoss(net), teacher, null, true, weights, Precision.FP32);
        TaughtSteps steps =
            new TaughtSteps(
                store.steps(
                    Order.sequential(store.dataset()),
                    Augmentation.NONE,
                    OF_A_STEP,
                    new Division(parts, 0, 1),
                    1),
                objective,
                20)) {
      while (steps.hasNext()) {
        try (TaughtSteps.Share share = steps.next()) {
          if (ahead) {
            steps.begin();
            steps.begin();
          }
          shares.add(told(share));
        }
      }
    }
    return shares;
  }

  @ParameterizedTest
  @CsvSource({"1", "2"})
  void beginningAheadChangesNothing(int parts) {
    List<String> asTheyCome = taken(false, parts);

    assertThat(taken(true, parts)).isEqualTo(asTheyCome);
    assertThat(asTheyCome).hasSize(IMAGES / OF_A_STEP);
    assertThat(asTheyCome.get(0)).startsWith("step 21, ").doesNotContain("targets []");
    assertThat(asTheyCome.get(1)).isEqualTo("step 22, labels [], targets []");
  }
}
