package dev.capstan.torch.internal.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.op.Add;
import dev.capstan.graph.op.Conv;
import dev.capstan.graph.op.Relu;
import dev.capstan.graph.op.Window;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.space.Groups;
import dev.capstan.space.Space;
import dev.capstan.testing.OrtOracle;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.engine.Program;
import dev.capstan.torch.internal.loss.TaskLoss;
import dev.capstan.torch.internal.tensor.Precision;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** How outputs hang on channels. */
class OutputGradientsTest {
  private static final int WIDTH = 6;
  private static final int BEHIND = 4;
  private static final int SIDE = 4;
  private static final long[] IMAGES = {5, 3, SIDE, SIDE};
  private static final Execution EXECUTION = new Execution(Precision.FP32, 1);

  /** Weights of the layers: the first one's, two that read it side by side, the last one's. */
  private record Layers(float[] first, float[] left, float[] right, float[] last) {
    static Layers random() {
      return new Layers(
          OrtOracle.Tensor.random(1, WIDTH, 3, 1, 1).values(),
          OrtOracle.Tensor.random(2, BEHIND, WIDTH, 3, 3).values(),
          OrtOracle.Tensor.random(3, BEHIND, WIDTH, 1, 1).values(),
          OrtOracle.Tensor.random(4, 1, BEHIND, SIDE, SIDE).values());
    }

    /** One number an image, linear in what the two layers read. */
    Graph behind(Graph.Builder builder, String read) {
      return builder
          .constant("left.weight", Constant.of(left, BEHIND, WIDTH, 3, 3))
          .node(new Conv(Window.square(3, 1, 1), 1), "left", read, "left.weight")
          .constant("right.weight", Constant.of(right, BEHIND, WIDTH, 1, 1))
          .node(new Conv(Window.square(1, 1, 0), 1), "right", read, "right.weight")
          .node(new Add(), "sum", "left", "right")
          .constant("last.weight", Constant.of(last, 1, BEHIND, SIDE, SIDE))
          .node(new Conv(Window.square(SIDE, 1, 0), 1), "last", "sum", "last.weight")
          .output("last", type(1, 1))
          .build();
    }

    Graph network() {
      Graph.Builder builder =
          Graph.builder("network")
              .input("image", type(3, SIDE))
              .constant("first.weight", Constant.of(first, WIDTH, 3, 1, 1))
              .node(new Conv(Window.square(1, 1, 0), 1), "first", "image", "first.weight")
              .node(new Relu(), "relu", "first");
      return behind(builder, "relu");
    }
  }

  private static TensorType type(int channels, int side) {
    return new TensorType(
        DataType.FLOAT32,
        new Shape(List.of(Dim.open("N"), Dim.of(channels), Dim.of(side), Dim.of(side))));
  }

  private SpaceMoments moments(Layers layers) {
    Graph graph = layers.network();
    ChannelSpaces spaces = ChannelSpaces.of(graph, Residual.KEEP);
    Space space = spaces.space(spaces.layout("relu").segments().get(0).space());
    Calibration calibration = new Calibration(spaces, List.of(space));
    try (PointerScope scope = new PointerScope();
        Program program = new Program(graph, EXECUTION);
        OriginalRun original = new OriginalRun(graph, EXECUTION)) {
      Tensor[] images = {Tensors.of(OrtOracle.Tensor.random(7, IMAGES).values(), IMAGES)};
      original.observe(images, calibration.batch(IMAGES[0]));
      new OutputGradients(calibration, program, new TaskLoss(graph))
          .see(images, new SplittableRandom(1));
    }
    return calibration.of(space);
  }

  /**
   * With one output signs do not matter: G holds products of what each place's channels do to it.
   */
  @Test
  void areTheSquaresOfWhatASmallChangeDoes() {
    Layers layers = Layers.random();
    double[] found = moments(layers).gradients();

    double[][] slopes = slopes(layers);
    double[] expected = new double[WIDTH * WIDTH];
    for (double[] place : slopes) {
      for (int i = 0; i < expected.length; i++) {
        expected[i] += place[i / WIDTH] * place[i % WIDTH];
      }
    }
    double unit = found[0] / expected[0];
    assertThat(unit).isPositive();
    for (int i = 0; i < expected.length; i++) {
      assertThat(found[i] / unit).isCloseTo(expected[i], within(1e-4 * expected[0]));
    }
  }

  /** What the output rises by, place by place, where a channel rises by 1: it is linear. */
  private static double[][] slopes(Layers layers) {
    Graph behind = layers.behind(Graph.builder("behind").input("read", type(WIDTH, SIDE)), "read");
    double[][] slopes = new double[SIDE * SIDE][WIDTH];
    try (PointerScope scope = new PointerScope();
        Program program = new Program(behind, EXECUTION)) {
      for (int c = 0; c < WIDTH; c++) {
        for (int place = 0; place < slopes.length; place++) {
          float[] read = new float[WIDTH * SIDE * SIDE];
          read[c * SIDE * SIDE + place] = 1;
          slopes[place][c] = program.run(Tensors.of(read, 1, WIDTH, SIDE, SIDE))[0].item_double();
        }
      }
    }
    return slopes;
  }

  /**
   * A channel that is read loudly, by a layer whose own channel nothing reads: by the readers'
   * weights it comes first, by what the output hangs on last.
   */
  @Test
  void aChannelThatTheOutputDoesNotHangOnComesLast() {
    Layers layers = Layers.random();
    int loud = 2;
    for (int i = 0; i < layers.left().length; i++) {
      layers.left()[i] *= (i / 9) % WIDTH != loud ? 1 : i / (9 * WIDTH) == 0 ? 100 : 0;
    }
    for (int i = 0; i < layers.right().length; i++) {
      layers.right()[i] *= i % WIDTH == loud ? 0 : 1;
    }
    Arrays.fill(layers.last(), 0, SIDE * SIDE, 0);

    SpaceMoments moments = moments(layers);
    double[] readers = moments.readers();
    GreedySelection byReaders = selection(moments.mean(IMAGES[0]), readers);
    GreedySelection byOutputs = selection(moments.mean(IMAGES[0]), moments.gradients());

    assertThat(byReaders.to(WIDTH).order()[0]).isEqualTo(loud);
    assertThat(byOutputs.to(WIDTH).order()[WIDTH - 1]).isEqualTo(loud);
    assertThat(moments.weights()[loud * (WIDTH + 1)])
        .isLessThan(0.03 * readers[loud * (WIDTH + 1)]);
  }

  private static GreedySelection selection(double[] moments, double[] weights) {
    return new GreedySelection(WIDTH, moments, weights, 1e-6, Groups.NONE);
  }

  /** Both are in the same units, whatever those of the outputs are. */
  @Test
  void weighAsMuchAsTheReadersDo() {
    SpaceMoments moments = moments(Layers.random());
    double[] mean = moments.mean(IMAGES[0]);

    assertThat(product(moments.weights(), mean))
        .isCloseTo(
            product(moments.readers(), mean), within(1e-6 * product(moments.readers(), mean)));
  }

  private static double product(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
