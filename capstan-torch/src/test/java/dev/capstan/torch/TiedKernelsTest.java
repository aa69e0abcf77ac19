package dev.capstan.torch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.compress.CompressedNetwork;
import dev.capstan.data.DataSplit;
import dev.capstan.data.ImageIoDecoder;
import dev.capstan.data.ImageStore;
import dev.capstan.data.ImageSubset;
import dev.capstan.data.shapes.ShapeImages;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.op.Relu;
import dev.capstan.image.Augmentation;
import dev.capstan.image.Preprocessing;
import dev.capstan.image.Resize;
import dev.capstan.rank.RankGrid;
import dev.capstan.rank.Ranks;
import dev.capstan.recipe.Compute;
import dev.capstan.recipe.TrainRecipe;
import dev.capstan.recipe.WorkListener;
import dev.capstan.recipe.stage.CalibrationRecipe;
import dev.capstan.recipe.stage.LearnRecipe;
import dev.capstan.recipe.stage.MeasureRecipe;
import dev.capstan.recipe.stage.RefitRecipe;
import dev.capstan.recipe.stage.Training;
import dev.capstan.rewrite.FoldBatchNorm;
import dev.capstan.rewrite.Rewriter;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.space.Space;
import dev.capstan.testing.Layers;
import dev.capstan.testing.Layers.Feature;
import dev.capstan.testing.OrtOracle;
import dev.capstan.testing.OrtOracle.Tensor;
import dev.capstan.testing.Siamese;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.learn.Learning;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** A siamese network through every stage: two branches stay one network run twice. */
class TiedKernelsTest {
  private static final int SIDE = 12;
  private static final Compute COMPUTE = Compute.fp32(1);
  private static final Graph NETWORK = network();
  private static final ChannelSpaces SPACES = ChannelSpaces.of(NETWORK, Residual.PROJECT);
  private static final ImageSubset IMAGES =
      ImageSubset.all(
          new ImageStore(
              new ShapeImages(7, 96).withoutLabels(),
              new ImageIoDecoder(),
              Preprocessing.imageNet(SIDE, 2 * SIDE).withResize(Resize.exactly(SIDE, 2 * SIDE))));

  private static final DataSplit SPLIT = DataSplit.of(IMAGES.store());

  private final TorchSession torch = new TorchSession(COMPUTE, WorkListener.NONE);

  private static Graph network() {
    Layers net = new Layers("net", 5, Dim.open("N"), 3, SIDE);
    Feature x = net.input();
    for (int width : new int[] {12, 16, 16}) {
      x = net.apply(new Relu(), net.batchNorm(net.conv(x, width, 3, 1, 1, false)));
    }
    Graph branch = net.outputs(net.conv(x, 4, 1, 1));
    return Rewriter.apply(Siamese.sides(branch), new FoldBatchNorm());
  }

  private static CompressedNetwork learned() {
    Ranks half =
        new Ranks(
            SPACES.compressible().stream()
                .collect(Collectors.toMap(Space::name, space -> space.width() / 2)));
    LearnRecipe recipe = LearnRecipe.standard(192, 3).withBatch(16);
    Learning learning = new Learning(SPACES, SPLIT, Execution.of(COMPUTE), WorkListener.NONE);
    return CompressedNetwork.of(SPACES, learning.run(half, recipe).bases());
  }

  private double error(Graph graph) {
    return torch.agreement(NETWORK, graph, IMAGES, "compare").divergence();
  }

  /** All constants are the original's, none of them in two versions, and equal sides are equal. */
  private static void assertTied(Graph graph) {
    assertThat(graph.constants()).hasSameSizeAs(NETWORK.constants());
    Tensor image = Tensor.random(3, 2, 3, SIDE, SIDE);
    float[] both = new float[2 * image.values().length];
    for (int row = 0; row < image.values().length / SIDE; row++) {
      System.arraycopy(image.values(), row * SIDE, both, 2 * row * SIDE, SIDE);
      System.arraycopy(image.values(), row * SIDE, both, (2 * row + 1) * SIDE, SIDE);
    }
    Tensor pair = new Tensor(both, 2, 3, SIDE, 2 * SIDE);
    OrtOracle.run(graph, Map.of("pair", pair))
        .values()
        .forEach(tensor -> assertThat(tensor.values()).containsOnly(0));
  }

  @Test
  void theNetworkIsOneRunTwice() {
    assertThat(NETWORK.constants()).hasSize(8);
    assertThat(SPACES.compressible()).hasSize(3);
    assertTied(NETWORK);
  }

  @Test
  void eachStageKeepsItSoAndBringsItNearer() {
    CompressedNetwork learned = learned();
    Graph refitted = torch.refit(learned, IMAGES, new RefitRecipe(96, 16, 1e-3, 1));
    TrainRecipe recipe =
        TrainRecipe.fineTuning(3, 5).withSteps(16, 0.005).withAugmentation(Augmentation.NONE);
    Graph tuned = torch.fineTune(refitted, NETWORK, SPLIT, new Training(recipe, null));

    for (Graph graph : List.of(learned.graph(), refitted, tuned)) {
      assertTied(graph);
    }
    assertThat(error(refitted)).isLessThan(error(learned.graph()));
    assertThat(error(tuned)).isLessThan(error(refitted));
  }

  @Test
  void statisticsAreReestimatedWithoutTakingKernelsApart() {
    CompressedNetwork learned = learned();

    assertTied(torch.reestimate(learned, IMAGES, new CalibrationRecipe(48, 16, 1)));
  }

  @Test
  void sensitivitiesAreThoseOfAllUses() {
    MeasureRecipe recipe = new MeasureRecipe(new RankGrid(4, 4), 48);

    var measured = torch.sensitivities(SPACES, SPACES.compressible(), recipe, IMAGES);

    for (Space space : SPACES.compressible()) {
      assertThat(measured.sensitivities().rise(space, 4)).isPositive();
    }
  }
}
