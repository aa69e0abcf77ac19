package dev.capstan.torch.internal.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.op.Conv;
import dev.capstan.graph.op.Relu;
import dev.capstan.graph.op.Window;
import dev.capstan.recipe.stage.LearnRecipe;
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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** Steps in channels of unit size. */
class ScalesTest {
  private static final int WIDTH = 12;
  private static final int[] CHANNELS = {0, 3, 4, 8, 11};
  private static final int RANK = 5;
  private static final int STEPS = 12;
  private static final Execution EXECUTION = new Execution(Precision.FP32, 1);

  /**
   * ReLU commutes with positive factors, so a network whose channels are larger or smaller, and are
   * read by as much less or more, is the same one: its bases take the same course, in other units.
   */
  @Test
  void unitsOfChannelsDoNotMatter() {
    double[] units = new double[WIDTH];
    Arrays.setAll(units, c -> Math.pow(2, c % 7 - 3));
    double[] ones = new double[WIDTH];
    Arrays.fill(ones, 1);

    Basis plain = learned(ones);
    Basis scaled = learned(units);

    for (int k = 0; k < RANK; k++) {
      for (int i = 0; i < WIDTH; i++) {
        double ratio = units[i] / units[CHANNELS[k]];
        assertThat(scaled.decode().at(i, k) / ratio)
            .isCloseTo(plain.decode().at(i, k), within(1e-3));
        assertThat(scaled.encode().at(i, k) * ratio)
            .isCloseTo(plain.encode().at(i, k), within(1e-3));
      }
    }
    assertThat(plain.encode()).isNotEqualTo(start(ones).encode());
    assertThat(plain.decode()).isNotEqualTo(start(ones).decode());
  }

  /** A selection that rebuilds the other channels somehow. */
  private static Basis start(double... units) {
    float[] decode = OrtOracle.Tensor.random(5, WIDTH, RANK).values();
    for (int k = 0; k < RANK; k++) {
      for (int i = 0; i < WIDTH; i++) {
        decode[i * RANK + k] *= (float) (units[i] / units[CHANNELS[k]]);
      }
    }
    return new Basis.Oblique(Matrix.selection(WIDTH, CHANNELS), new Matrix(WIDTH, RANK, decode));
  }

  private static Basis learned(double... units) {
    Graph graph = network(units);
    ChannelSpaces spaces = ChannelSpaces.of(graph, Residual.KEEP);
    Space inner = spaces.compressible().get(0);
    LearnRecipe recipe = LearnRecipe.standard(STEPS * 32, 1);
    Calibration calibration = new Calibration(spaces, spaces.compressible());
    long[] sizes = {16, 3, 8, 8};
    float[] images = OrtOracle.Tensor.random(3, sizes).values();
    try (PointerScope scope = new PointerScope();
        OriginalRun original = new OriginalRun(graph, EXECUTION)) {
      original.observe(new Tensor[] {Tensors.of(images, sizes)}, calibration.batch(16));
    }
    try (Learner learner =
        new Learner(
            spaces,
            new Bases(Map.of(inner.name(), start(units))),
            calibration.scales(),
            recipe,
            EXECUTION)) {
      for (int i = 0; i < STEPS; i++) {
        try (PointerScope scope = new PointerScope()) {
          learner.step(new Tensor[] {Tensors.of(images, sizes)}, result -> result.rho(), 0, 0.003);
        }
      }
      return learner.bases().bySpace().get(inner.name());
    }
  }

  private static Graph network(double... units) {
    float[] first = OrtOracle.Tensor.random(1, WIDTH, 3, 3, 3).values();
    float[] second = OrtOracle.Tensor.random(2, 6, WIDTH, 3, 3).values();
    for (int i = 0; i < first.length; i++) {
      first[i] *= (float) units[i / 27];
    }
    for (int i = 0; i < second.length; i++) {
      second[i] /= (float) units[i / 9 % WIDTH];
    }
    return Graph.builder("scaled")
        .input("image", type(3, 8))
        .constant("first.weight", Constant.of(first, WIDTH, 3, 3, 3))
        .node(new Conv(Window.square(3, 1, 1), 1), "first", "image", "first.weight")
        .node(new Relu(), "relu", "first")
        .constant("second.weight", Constant.of(second, 6, WIDTH, 3, 3))
        .node(new Conv(Window.square(3, 1, 1), 1), "second", "relu", "second.weight")
        .output("second", type(6, 8))
        .build();
  }

  private static TensorType type(int channels, int side) {
    return new TensorType(
        DataType.FLOAT32,
        new Shape(List.of(Dim.open("N"), Dim.of(channels), Dim.of(side), Dim.of(side))));
  }
}
