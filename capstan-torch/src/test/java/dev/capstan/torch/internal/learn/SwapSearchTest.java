package dev.capstan.torch.internal.learn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.data.Batches;
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
import dev.capstan.space.Bases;
import dev.capstan.space.Basis;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.space.Matrix;
import dev.capstan.space.Space;
import dev.capstan.testing.OrtOracle;
import dev.capstan.torch.internal.calibrate.Calibration;
import dev.capstan.torch.internal.calibrate.OriginalRun;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.tensor.Precision;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** A depthwise network in which all outputs hang on a channel that its reader hardly notices. */
class SwapSearchTest {
  private static final int WIDTH = 12;
  private static final int RANK = 4;
  private static final int DEEP = 4;
  private static final int ESSENTIAL = 7;
  private static final int PIXELS = 8 * 8;

  private static final Graph GRAPH = network();
  private static final ChannelSpaces SPACES = ChannelSpaces.of(GRAPH, Residual.KEEP);
  private static final Space WIDE = SPACES.space("wide");
  private static final Ranks RANKS = new Ranks(Map.of("wide", RANK, "deep", DEEP - 1));
  private static final Execution EXECUTION = new Execution(Precision.FP32, 1);
  private static final ImageStore IMAGES =
      new ImageStore(new ShapeImages(1, 128), new ImageIoDecoder(), Preprocessing.imageNet(32, 32));

  @Test
  void aChannelThatOutputsHangOnIsTaken() {
    assertThat(channels(before())).hasSize(RANK).doesNotContain(ESSENTIAL);
    assertThat(channels(after())).hasSize(RANK).contains(ESSENTIAL);
  }

  @Test
  void theResultIsAnExactSelectionThatRebuildsTheRest() {
    Basis basis = after().bySpace().get("wide");

    assertThat(basis.encode()).isEqualTo(Matrix.selection(WIDTH, channels(after())));
    assertThat(basis.encode().transposedTimes(basis.decode()))
        .isEqualTo(Basis.identity(RANK).encode());
  }

  @Test
  void aSelectionLeavesTheNextOneAsItWas() {
    Calibration used = calibration();
    used.selection(WIDE).to(WIDTH);

    assertThat(used.selection(WIDE).to(RANK).rebuilding())
        .isEqualTo(calibration().selection(WIDE).to(RANK).rebuilding());
  }

  @Test
  void unseenImagesComeNearer() {
    assertThat(distance(after())).isLessThan(0.9 * distance(before()));
  }

  @Test
  void learningEndsOnTheSameChannels() {
    LearnRecipe recipe =
        new LearnRecipe(BasisForm.OBLIQUE, 64, 8, 0.003, LearnRecipe.Task.STANDARD, 0, false, 3);
    Learning learning =
        new Learning(SPACES, DataSplit.undivided(images(0, 64)), EXECUTION, WorkListener.NONE);
    Learned learned = learning.run(RANKS, recipe);
    Learned again = learning.run(RANKS, recipe);

    assertThat(channels(learned.bases())).contains(ESSENTIAL);
    assertThat(learned.bases().bySpace().get("wide").encode())
        .isEqualTo(learned.start().bySpace().get("wide").encode());
    assertThat(learned.bases()).isEqualTo(again.bases());
  }

  private static Bases before() {
    return calibration().start(RANKS, BasisForm.OBLIQUE);
  }

  private static Bases after() {
    Calibration calibration = calibration();
    Bases start = before();
    try (PointerScope scope = new PointerScope();
        Lockstep networks = new Lockstep(SPACES, start, EXECUTION)) {
      List<Tensor[]> batches = List.of(tensors(0, 24), tensors(24, 64));
      try (ExchangeRuns runs = new ExchangeRuns(networks, calibration.scales().values(), batches)) {
        SwapSearch exchange = new SwapSearch(runs, calibration, start, WorkListener.NONE);
        exchange.improve(List.of(WIDE), 8);
        assertThat(exchange.seen()).isEqualTo(64 * (1 + 8));
        return exchange.bases();
      }
    }
  }

  private static Calibration calibration() {
    Calibration calibration = new Calibration(SPACES, SPACES.compressible());
    try (PointerScope scope = new PointerScope();
        OriginalRun original = new OriginalRun(GRAPH, EXECUTION)) {
      original.observe(tensors(0, 64), calibration.batch(64));
    }
    return calibration;
  }

  /** On images that the exchange did not see. */
  private static double distance(Bases bases) {
    Map<String, Projector.Pair> pairs = new HashMap<>();
    bases.bySpace().forEach((name, basis) -> pairs.put(name, Lockstep.fixed(basis)));
    try (PointerScope scope = new PointerScope();
        Lockstep networks = new Lockstep(SPACES, bases, EXECUTION)) {
      return networks
          .run(tensors(64, 128), pairs, calibration().scales().values())
          .rho()
          .item_double();
    }
  }

  private static ImageSubset images(int from, int to) {
    return ImageSubset.of(IMAGES, IntStream.range(from, to).toArray());
  }

  private static Tensor[] tensors(int from, int to) {
    try (Batches batches = images(from, to).batches(to - from, 1)) {
      return Tensors.of(batches.next());
    }
  }

  private static int[] channels(Bases bases) {
    Matrix encode = bases.bySpace().get("wide").encode();
    return IntStream.range(0, WIDTH)
        .filter(c -> IntStream.range(0, RANK).anyMatch(column -> encode.at(c, column) == 1))
        .toArray();
  }

  /** Of the last convolution's outputs the logits read one, and that reads one channel, weakly. */
  private static Graph network() {
    return Graph.builder("essential")
        .input("input", type(Dim.open("N"), Dim.of(3), Dim.of(32), Dim.of(32)))
        .constant("wide.weight", wide())
        .node(new Conv(Window.square(8, 8, 0), 1), "wide", "input", "wide.weight")
        .constant("depthwise.weight", random(2, WIDTH, 1, 3, 3))
        .node(new Conv(Window.square(3, 1, 1), WIDTH), "depthwise", "wide", "depthwise.weight")
        .constant("deep.weight", deep())
        .node(new Conv(Window.square(1, 1, 0), 1), "deep", "depthwise", "deep.weight")
        .node(new Relu(), "relu", "deep")
        .node(new GlobalAveragePool(), "pool", "relu")
        .node(new Flatten(1), "flat", "pool")
        .constant("logits.weight", logits())
        .node(Gemm.LINEAR, "logits", "flat", "logits.weight")
        .output("logits", type(Dim.open("N"), Dim.of(10)))
        .build();
  }

  /** The essential channel sees blue alone, the others red alone: none tells of another. */
  private static Constant wide() {
    float[] weights = OrtOracle.Tensor.random(1, WIDTH, 3, 8, 8).values();
    for (int i = 0; i < weights.length; i++) {
      boolean essential = i / (3 * PIXELS) == ESSENTIAL;
      weights[i] *= i / PIXELS % 3 == (essential ? 2 : 0) ? 1 : 0;
    }
    return Constant.of(weights, WIDTH, 3, 8, 8);
  }

  private static Constant deep() {
    float[] weights = OrtOracle.Tensor.random(3, DEEP, WIDTH, 1, 1).values();
    for (int i = 0; i < WIDTH; i++) {
      weights[i] = i == ESSENTIAL ? 0.01f : 0;
      for (int out = 1; out < DEEP; out++) {
        weights[out * WIDTH + i] *= i == ESSENTIAL ? 0 : 1;
      }
    }
    return Constant.of(weights, DEEP, WIDTH, 1, 1);
  }

  private static Constant logits() {
    float[] weights = OrtOracle.Tensor.random(4, 10, DEEP).values();
    for (int i = 0; i < weights.length; i++) {
      weights[i] *= i % DEEP == 0 ? 1000 : 0.001f;
    }
    return Constant.of(weights, 10, DEEP);
  }

  private static Constant random(long seed, long... sizes) {
    return Constant.of(OrtOracle.Tensor.random(seed, sizes).values(), sizes);
  }

  private static TensorType type(Dim... dims) {
    return new TensorType(DataType.FLOAT32, new Shape(List.of(dims)));
  }
}
