package dev.capstan.torch.internal.sensitivity;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.capstan.cost.Cost;
import dev.capstan.data.ImageIoDecoder;
import dev.capstan.data.ImageStore;
import dev.capstan.data.ImageSubset;
import dev.capstan.data.shapes.ShapeImages;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.op.Relu;
import dev.capstan.image.Preprocessing;
import dev.capstan.rank.RankGrid;
import dev.capstan.rank.allocate.Sensitivities;
import dev.capstan.recipe.WorkListener;
import dev.capstan.recipe.stage.MeasureRecipe;
import dev.capstan.recipe.stage.Measured;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.space.Space;
import dev.capstan.testing.Layers;
import dev.capstan.testing.Layers.Feature;
import dev.capstan.torch.internal.checkpoint.SealedFile;
import dev.capstan.torch.internal.checkpoint.WriteThrottle;
import dev.capstan.torch.internal.distributed.Summation;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.tensor.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A network whose first layer has every channel twice. */
@Tag("trust")
class MeasurementTest {
  private static final int WIDTH = 8;
  private static final Graph GRAPH = network();
  private static final ChannelSpaces SPACES = ChannelSpaces.of(GRAPH, Residual.KEEP);
  private static final ImageSubset IMAGES =
      ImageSubset.all(
          new ImageStore(
              new ShapeImages(5, 60), new ImageIoDecoder(), Preprocessing.imageNet(32, 32)));

  /** Three batches to measure on. */
  private static final ImageSubset MANY =
      ImageSubset.all(
          new ImageStore(
              new ShapeImages(5, 300), new ImageIoDecoder(), Preprocessing.imageNet(32, 32)));

  private static Graph network() {
    Layers net = new Layers("doubled", 1, Dim.open("N"), 3, 32);
    Feature first = net.apply(new Relu(), net.conv(net.input(), WIDTH, 3, 2));
    Feature second = net.apply(new Relu(), net.conv(first, WIDTH, 3, 2));
    Graph graph = net.outputs(net.gemm(net.flatten(second), 5));
    return doubled(doubled(graph, "conv0.w"), "conv0.b");
  }

  private static Graph doubled(Graph graph, String name) {
    Constant constant = requireNonNull(graph.constant(name));
    float[] values = constant.floats();
    System.arraycopy(values, 0, values, values.length / 2, values.length / 2);
    return graph.edit().constant(name, Constant.of(values, constant.sizes())).build();
  }

  private static Sensitivities measure(Precision precision) {
    return measured(precision).sensitivities();
  }

  private static Measured measured(Precision precision) {
    return new Measurement(
            SPACES,
            SPACES.compressible(),
            new MeasureRecipe(new RankGrid(2, 1), 0),
            Summation.alone(new Execution(precision, 1), WorkListener.NONE))
        .run(IMAGES.sample(IMAGES.size(), 1));
  }

  @Test
  void whatIsThereTwiceCostsNothingToLeaveOut() {
    Sensitivities measured = measure(Precision.FP32);

    Space doubled = SPACES.compressible().get(0);
    Space plain = SPACES.compressible().get(1);
    assertThat(measured.rise(doubled, WIDTH / 2)).isLessThan(1e-5);
    assertThat(measured.rise(doubled, 2)).isGreaterThan(1e-3);
    assertThat(measured.rise(plain, WIDTH / 2)).isGreaterThan(1e-3);
  }

  @Test
  void fewerChannelsCostMoreAndAllCostNothing() {
    Sensitivities measured = measure(Precision.FP32);

    for (Space space : SPACES.compressible()) {
      assertThat(measured.rise(space, space.width())).isZero();
      assertThat(measured.rise(space, 2)).isGreaterThan(measured.rise(space, 6));
    }
  }

  @TempDir Path folder;

  /** A measurement of batches of 64 that keeps all it does, and is stopped after so many. */
  private Measured kept(int batches, List<String> told) {
    SealedFile file =
        new SealedFile(folder.resolve("state"), "measuring", WriteThrottle.always(), told::add);
    WorkListener stops =
        new WorkListener() {
          private String work = "";
          private long last;

          @Override
          public void begin(String what, long steps) {
            work = what;
            last = 0;
          }

          @Override
          public void advance(long done, List<Figure> figures) {
            assertThat(done).as("a space or a batch more").isEqualTo(++last);
            if (work.equals("sensitivities") && done == batches * SPACES.compressible().size()) {
              throw new IllegalStateException("stopped");
            }
          }
        };
    MeasureRecipe recipe = new MeasureRecipe(new RankGrid(2, 1), 0);
    Execution execution = new Execution(Precision.FP32, 1);
    return new Measurement(SPACES, SPACES.compressible(), recipe, Summation.alone(execution, stops))
        .keptIn(file)
        .run(MANY);
  }

  /** Stopped after its second batch, after its last one, and not at all. */
  @Test
  void whatWasMeasuredIsNotMeasuredAgain() throws IOException {
    Measured undisturbed = kept(0, new ArrayList<>());
    Files.delete(folder.resolve("state"));

    List<String> told = new ArrayList<>();
    assertThatThrownBy(() -> kept(2, told)).hasMessage("stopped");
    assertThatThrownBy(() -> kept(1, told)).hasMessage("stopped");
    assertThat(kept(0, told)).isEqualTo(undisturbed);
    assertThat(kept(0, told)).isEqualTo(undisturbed);
    assertThat(told)
        .containsExactly(
            "sensitivities: going on after batch 2",
            "sensitivities: going on after batch 3",
            "sensitivities: they were measured before");
  }

  @Test
  void isTheSameAgain() {
    assertThat(measure(Precision.FP32)).isEqualTo(measure(Precision.FP32));
  }

  /**
   * Half of the images once for the channels, seven of them twice for gradients, half once whole
   * and once a rank behind each space.
   */
  @Test
  void tellsWhatItCost() {
    Measured measured = measured(Precision.FP32);

    double perRank =
        SPACES.compressible().stream()
            .mapToDouble(space -> Effort.share(GRAPH, Cost.macs(GRAPH), space))
            .sum();
    // Widths of 8 in steps of 2: ranks 2, 4 and 6.
    assertThat(measured.forwardRuns()).isCloseTo(30 + 14 + 30 * (1 + 3 * perRank), within(1e-9));
    assertThat(measured.imagesSeen()).isEqualTo(60);
  }
}
