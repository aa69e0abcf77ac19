package dev.capstan.torch.internal.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.op.Relu;
import dev.capstan.recipe.stage.LearnRecipe;
import dev.capstan.space.Bases;
import dev.capstan.space.Basis;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.space.Matrix;
import dev.capstan.space.Space;
import dev.capstan.testing.Layers;
import dev.capstan.testing.Layers.Feature;
import dev.capstan.testing.OrtOracle;
import dev.capstan.torch.internal.calibrate.Calibration;
import dev.capstan.torch.internal.calibrate.OriginalRun;
import dev.capstan.torch.internal.calibrate.Scales;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.tensor.Precision;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where many spaces learn at once, each takes shorter steps: together they move the outputs. */
class ManySpacesTest {
  private static final double RATE = 0.003;
  private static final Execution EXECUTION = new Execution(Precision.FP32, 1);

  /** Adam's first step is as long as the rate, whatever the gradients. */
  @ParameterizedTest
  @CsvSource({"1, 1", "12, 1", "24, 0.5", "48, 0.25"})
  void stepsOfManyAreShorter(int count, double share) {
    ChannelSpaces spaces = ChannelSpaces.of(chain(count), Residual.KEEP);
    Map<String, Basis> start = new LinkedHashMap<>();
    for (Space space : spaces.compressible()) {
      Matrix selection = Matrix.selection(space.width(), 0, 2, 3);
      start.put(space.name(), new Basis.Oblique(selection, selection));
    }
    assertThat(start).hasSize(count);

    Bases moved = step(spaces, new Bases(start));

    double longest = 0;
    for (Basis basis : moved.bySpace().values()) {
      for (int k = 0; k < basis.rank(); k++) {
        for (int i = 0; i < basis.width(); i++) {
          double before = start.values().iterator().next().encode().at(i, k);
          longest = Math.max(longest, Math.abs(basis.encode().at(i, k) - before));
        }
      }
    }
    // Of channels of which nothing is known the coordinates are their own, but for the ridge.
    assertThat(longest).isCloseTo(share * RATE / Math.sqrt(1.03), within(1e-6));
  }

  private static Bases step(ChannelSpaces spaces, Bases start) {
    long[] sizes = {4, 3, 4, 4};
    float[] images = OrtOracle.Tensor.random(3, sizes).values();
    Calibration calibration = new Calibration(spaces, spaces.compressible());
    try (PointerScope scope = new PointerScope();
        OriginalRun original = new OriginalRun(spaces.graph(), EXECUTION)) {
      original.observe(new Tensor[] {Tensors.of(images, sizes)}, calibration.batch(4));
    }
    Scales scales = new Scales(calibration.scales().values(), Map.of());
    LearnRecipe recipe = LearnRecipe.standard(32, 1);
    try (Learner learner = new Learner(spaces, start, scales, recipe, EXECUTION)) {
      try (PointerScope scope = new PointerScope()) {
        learner.step(new Tensor[] {Tensors.of(images, sizes)}, result -> result.rho(), 0, RATE);
      }
      return learner.bases();
    }
  }

  private static Graph chain(int count) {
    Layers net = new Layers("chain", 1, Dim.open("N"), 3, 4);
    Feature x = net.input();
    for (int i = 0; i < count; i++) {
      x = net.apply(new Relu(), net.conv(x, 6, 3, 1));
    }
    return net.outputs(net.conv(x, 4, 1, 1));
  }
}
