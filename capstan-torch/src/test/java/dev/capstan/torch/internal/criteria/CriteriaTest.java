package dev.capstan.torch.internal.criteria;

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
import dev.capstan.graph.op.Flatten;
import dev.capstan.graph.op.Gemm;
import dev.capstan.graph.op.GlobalAveragePool;
import dev.capstan.graph.op.Relu;
import dev.capstan.graph.op.Window;
import dev.capstan.recipe.ChannelStatistics;
import dev.capstan.space.Basis;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.space.Groups;
import dev.capstan.space.Matrix;
import dev.capstan.space.Space;
import dev.capstan.torch.internal.calibrate.Calibration;
import dev.capstan.torch.internal.calibrate.OriginalRun;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.loss.TaskLoss;
import dev.capstan.torch.internal.tensor.Precision;
import dev.capstan.torch.internal.tensor.Tensors;
import dev.capstan.weights.WeightFile;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The criteria give what {@code src/test/python/make_baselines.py} computes in PyTorch and NumPy,
 * on a space with one producer and two consumers and on a stream with two producers.
 */
class CriteriaTest {
  private static final Map<String, Constant> FILE = WeightFile.read(file());
  private static final Graph GRAPH = network();
  private static final ChannelSpaces SPACES = ChannelSpaces.of(GRAPH, Residual.PROJECT);
  private static final Execution EXECUTION = new Execution(Precision.FP32, 1);

  /** What is known of a space, on the images of the file. */
  private record Known(Space of, Calibration calibration) implements ChannelStatistics {
    @Override
    public String space() {
      return of.name();
    }

    @Override
    public int width() {
      return of.width();
    }

    @Override
    public double[][] filters() {
      return Filters.of(GRAPH, SPACES, of).rows();
    }

    @Override
    public double[] activationEnergies() {
      return calibration.activationEnergies(of);
    }

    @Override
    public double[] readerEnergies() {
      return calibration.readerEnergies(of);
    }

    @Override
    public double[] lossSensitivities() {
      throw new AssertionError("asked for a gradient");
    }

    @Override
    public double[] draws() {
      throw new AssertionError("drew a number");
    }
  }

  private static Path file() {
    try {
      return Path.of(
          Objects.requireNonNull(CriteriaTest.class.getResource("criteria.safetensors")).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Graph network() {
    Graph.Builder builder =
        Graph.builder("criteria").input("x", type(Dim.of(3), Dim.of(6), Dim.of(6)));
    FILE.forEach(builder::constant);
    return builder
        .node(new Conv(Window.square(3, 1, 1), 1), "a", "x", "a.weight", "a.bias")
        .node(new Relu(), "hidden", "a")
        .node(new Conv(Window.square(3, 1, 1), 1), "b", "hidden", "b.weight", "b.bias")
        .node(new Conv(Window.square(1, 1, 0), 1), "c", "hidden", "c.weight", "c.bias")
        .node(new Add(), "sum", "b", "c")
        .node(new Relu(), "relu", "sum")
        .node(new GlobalAveragePool(), "pool", "relu")
        .node(new Flatten(1), "pooled", "pool")
        .node(Gemm.LINEAR, "head", "pooled", "head.weight", "head.bias")
        .output("head", type(Dim.of(4)))
        .build();
  }

  private static TensorType type(Dim... dims) {
    List<Dim> all = new java.util.ArrayList<>(List.of(Dim.open("N")));
    all.addAll(List.of(dims));
    return new TensorType(DataType.FLOAT32, new Shape(all));
  }

  private static float[] expected(String name) {
    return Objects.requireNonNull(FILE.get(name), name).floats();
  }

  private static Tensor images() {
    Constant images = Objects.requireNonNull(FILE.get("images"));
    return Tensors.of(images.floats(), images.sizes());
  }

  private static void assertScores(String criterion, Space space, double[] scores) {
    float[] expected = expected(criterion + "." + space.name());
    assertThat(scores).hasSameSizeAs(expected);
    for (int c = 0; c < scores.length; c++) {
      assertThat(scores[c])
          .as("%s of channel %d of %s", criterion, c, space.name())
          .isCloseTo(expected[c], within(1e-4 * expected[c]));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "b"})
  void filtersAreJudgedAsPublished(String name) {
    Space space = SPACES.space(name);
    Known known = new Known(space, new Calibration(SPACES, List.of(space)));

    assertScores("l1", space, new FilterNorm().scores(known));
    assertScores("fpgm", space, new GeometricMedian().scores(known));
  }

  /** Filter and bias of "a", and what "b" and "c" read it with: the weights of one channel. */
  @Test
  void theGroupOfAChannelIsAllThatWritesAndReadsIt() {
    Space space = SPACES.space("a");
    Known known = new Known(space, new Calibration(SPACES, List.of(space)));
    double[] found = new GroupNorm().scores(known);

    for (int c = 0; c < space.width(); c++) {
      double sum = 0;
      for (double weight : known.filters()[c]) {
        sum += weight * weight;
      }
      for (String reader : List.of("b.weight", "c.weight")) {
        float[] weights = expected(reader);
        int taps = reader.startsWith("b") ? 9 : 1;
        for (int i = 0; i < weights.length; i++) {
          sum += i / taps % space.width() == c ? weights[i] * weights[i] : 0;
        }
      }
      assertThat(found[c]).isCloseTo(Math.sqrt(sum), within(1e-5));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "b"})
  void firstOrderImportanceIsThatOfSingleImages(String name) {
    float[] labels = expected("labels");
    int[] classes = new int[labels.length];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = (int) labels[i];
    }
    TaskLoss loss = new TaskLoss(GRAPH);
    Space space = SPACES.space(name);

    assertScores("taylor", space, taylor(space, out -> loss.crossEntropy(out.get(0), classes)));
    assertScores("own", space, taylor(space, loss::ofOwnClasses));
  }

  private static double[] taylor(Space space, Function<List<Tensor>, Tensor> loss) {
    try (PointerScope scope = new PointerScope();
        Taylor taylor = new Taylor(SPACES, List.of(space), EXECUTION)) {
      taylor.add(new Tensor[] {images()}, loss);
      return taylor.scores(space);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "b"})
  void energySelectsTheLargest(String name) {
    Space space = SPACES.space(name);
    float[] energies = expected("activation." + name);
    double[] scores = new double[energies.length];
    for (int c = 0; c < scores.length; c++) {
      scores[c] = energies[c];
    }
    for (int rank = 1; rank < space.width(); rank++) {
      Calibration calibration = new Calibration(SPACES, List.of(space));
      observe(calibration.batch(7));

      double[] found = new ActivationEnergy().scores(new Known(space, calibration));
      assertThat(Basis.ofLargest(found, rank, Groups.NONE))
          .isEqualTo(Basis.ofLargest(scores, rank, Groups.NONE));
    }
  }

  private static void observe(OriginalRun.Observer observer) {
    try (PointerScope scope = new PointerScope();
        OriginalRun original = new OriginalRun(GRAPH, EXECUTION)) {
      original.observe(new Tensor[] {images()}, observer);
    }
  }

  @Test
  void principalComponentsSpanWhatConsumersRead() {
    try (PointerScope scope = new PointerScope()) {
      List<Space> spaces = List.of(SPACES.space("a"), SPACES.space("b"));
      SecondMoments moments = new SecondMoments(SPACES, spaces);
      observe(moments);

      spaces.forEach(space -> assertProjector(space, moments.basis(space, 3).encode()));
    }
  }

  /** The columns' signs are free, {@code P P^T} is not. */
  private static void assertProjector(Space space, Matrix basis) {
    float[] expected = expected("pca." + space.name());
    for (int row = 0; row < space.width(); row++) {
      for (int column = 0; column < space.width(); column++) {
        double sum = 0;
        for (int k = 0; k < basis.columns(); k++) {
          sum += (double) basis.at(row, k) * basis.at(column, k);
        }
        assertThat(sum).isCloseTo(expected[row * space.width() + column], within(1e-4));
      }
    }
  }
}
