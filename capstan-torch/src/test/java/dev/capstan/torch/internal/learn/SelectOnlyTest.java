package dev.capstan.torch.internal.learn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.data.DataSplit;
import dev.capstan.data.ImageIoDecoder;
import dev.capstan.data.ImageStore;
import dev.capstan.data.ImageSubset;
import dev.capstan.data.shapes.ShapeImages;
import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.op.Conv;
import dev.capstan.graph.op.Flatten;
import dev.capstan.graph.op.Gemm;
import dev.capstan.graph.op.GlobalAveragePool;
import dev.capstan.graph.op.Relu;
import dev.capstan.graph.op.Window;
import dev.capstan.image.Preprocessing;
import dev.capstan.rank.Ranks;
import dev.capstan.recipe.WorkListener;
import dev.capstan.recipe.stage.BasisForm;
import dev.capstan.recipe.stage.LearnRecipe;
import dev.capstan.recipe.stage.Learned;
import dev.capstan.space.Basis;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.testing.OrtOracle;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.tensor.Precision;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Depthwise networks: spaces that may only be selected from, over very few pixels. */
class SelectOnlyTest {
  private static final int WIDTH = 16;

  /** So many channels over so few pixels that their kernels rest between steps. */
  private static final int SLOW = 32;

  /** Few enough images that the steps do not fill the last turn of slow spaces. */
  private static LearnRecipe recipe(BasisForm form) {
    return new LearnRecipe(form, 24, 4, 0.01, new LearnRecipe.Task(0.5, 1, 0.1), 0, false, 3);
  }

  /** Long enough to gain on a start by least squares. */
  private static final LearnRecipe LONGER =
      new LearnRecipe(
          BasisForm.OBLIQUE, 96, 4, 0.003, new LearnRecipe.Task(0.5, 1, 0.1), 0, false, 3);

  @Test
  void selectionsStayBesideBasesThatLearn() {
    Learned learned = learn(network(true), Map.of("wide", 8, "deep", 8), BasisForm.TIED);

    assertThat(learned.bases().bySpace().get("wide"))
        .isEqualTo(learned.start().bySpace().get("wide"));
    assertThat(learned.bases().bySpace().get("deep")).isInstanceOf(Basis.Tied.class);
    assertThat(learned.bases().bySpace().get("deep").encode())
        .isNotEqualTo(learned.start().bySpace().get("deep").encode());
  }

  @Test
  void nothingIsLearnedWhereAllIsSelected() {
    Learned learned = learn(network(false), Map.of("wide", 8), BasisForm.TIED);

    assertThat(learned.bases()).isEqualTo(learned.start());
  }

  @Test
  void whatReadsASelectionMayLearnToMixIt() {
    Learned learned = learn(network(false), Map.of("wide", 8), LONGER);

    Basis start = learned.start().bySpace().get("wide");
    Basis wide = learned.bases().bySpace().get("wide");
    assertThat(wide.encode()).isEqualTo(start.encode());
    assertThat(wide.decode()).isNotEqualTo(start.decode());
  }

  /** What writes a selection has nothing to learn, though its kernels may rest with the others. */
  @Test
  void aSlowSelectionLearnsToo() {
    Learned learned = learn(network(false, SLOW), Map.of("wide", SLOW / 2), LONGER);

    Basis start = learned.start().bySpace().get("wide");
    Basis wide = learned.bases().bySpace().get("wide");
    assertThat(wide.encode()).isEqualTo(start.encode());
    assertThat(wide.decode()).isNotEqualTo(start.decode());
  }

  private static Learned learn(Graph graph, Map<String, Integer> ranks, BasisForm form) {
    return learn(graph, ranks, recipe(form));
  }

  private static Learned learn(Graph graph, Map<String, Integer> ranks, LearnRecipe recipe) {
    ShapeImages images = new ShapeImages(1, 24);
    ImageStore store =
        new ImageStore(
            images.withoutLabels(), new ImageIoDecoder(), Preprocessing.imageNet(32, 32));
    return new Learning(
            ChannelSpaces.of(graph, Residual.KEEP),
            DataSplit.undivided(ImageSubset.all(store)),
            new Execution(Precision.FP32, 1),
            WorkListener.NONE)
        .run(new Ranks(ranks), recipe);
  }

  /** Two pixels a side after the first convolution, then a depthwise one. */
  private static Graph network(boolean deep) {
    return network(deep, WIDTH);
  }

  private static Graph network(boolean deep, int width) {
    Graph.Builder builder =
        Graph.builder("depthwise")
            .input("input", type(Dim.open("N"), Dim.of(3), Dim.of(32), Dim.of(32)));
    conv(builder, "wide", "input", width, 3, new Conv(Window.square(16, 16, 0), 1));
    conv(builder, "depthwise", "wide", width, 1, new Conv(Window.square(3, 1, 1), width));
    builder.node(new Relu(), "relu", "depthwise");
    String last = "relu";
    if (deep) {
      conv(builder, "deep", "relu", width, width, new Conv(Window.square(3, 1, 1), 1));
      builder.node(new Relu(), "relu2", "deep");
      last = "relu2";
    }
    return builder
        .node(new GlobalAveragePool(), "pool", last)
        .node(new Flatten(1), "flat", "pool")
        .constant("weights", random(7, 10, width))
        .node(Gemm.LINEAR, "logits", "flat", "weights")
        .output("logits", type(Dim.open("N"), Dim.of(10)))
        .build();
  }

  private static void conv(
      Graph.Builder builder, String name, String input, int out, int in, Conv conv) {
    int side = conv.window().kernel().get(0);
    builder
        .constant(name + ".weight", random(name.length(), out, in, side, side))
        .node(conv, name, input, name + ".weight");
  }

  private static Constant random(long seed, long... sizes) {
    return Constant.of(OrtOracle.Tensor.random(seed, sizes).values(), sizes);
  }

  private static TensorType type(Dim... dims) {
    return new TensorType(DataType.FLOAT32, new Shape(List.of(dims)));
  }
}
