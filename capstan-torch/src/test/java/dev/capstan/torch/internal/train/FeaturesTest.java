package dev.capstan.torch.internal.train;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.capstan.data.Batch;
import dev.capstan.data.Batches;
import dev.capstan.data.ImageIoDecoder;
import dev.capstan.data.ImageStore;
import dev.capstan.data.ImageSubset;
import dev.capstan.data.shapes.ShapeImages;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Value;
import dev.capstan.graph.op.GlobalAveragePool;
import dev.capstan.graph.op.Relu;
import dev.capstan.image.Preprocessing;
import dev.capstan.outputs.OutputKind;
import dev.capstan.recipe.WorkListener;
import dev.capstan.testing.Layers;
import dev.capstan.torch.internal.distributed.Summation;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.engine.Program;
import dev.capstan.torch.internal.tensor.Precision;
import dev.capstan.torch.internal.tensor.Tensors;
import dev.capstan.zoo.Zoo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What features of two networks say of each other, on the images that D was solved for. */
class FeaturesTest {
  private static final Execution EXECUTION = new Execution(Precision.FP32, 1);
  private static final int IMAGES = 24;
  private static final int SIDE = 16;
  private static final int WIDTH = 6;

  /** Its last map is what the second convolution writes, no activation behind it. */
  private final Graph teacher = network(WIDTH, 1);

  private final List<String> notes = new ArrayList<>();
  private final PointerScope scope = new PointerScope();

  private static Graph network(int width, long seed) {
    Layers layers = new Layers("net", seed, Dim.open("N"), 3, SIDE);
    var x = layers.apply(new Relu(), layers.conv(layers.input(), 5, 3, 1));
    return layers.outputs(layers.gemm(layers.flatten(layers.conv(x, width, 3, 2)), 4));
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private static ImageSubset images(int count) {
    return ImageSubset.all(
        new ImageStore(
            new ShapeImages(3, count), new ImageIoDecoder(), Preprocessing.imageNet(SIDE, SIDE)));
  }

  /** Over batches that do not come out even. */
  private Features features(Graph student, Graph teacher) {
    return features(student, teacher, IMAGES);
  }

  private Features features(Graph student, Graph teacher, int images) {
    WorkListener listener =
        new WorkListener() {
          @Override
          public void note(String line) {
            notes.add(line);
          }
        };
    return Features.of(
        student,
        new Teacher(teacher, EXECUTION),
        images(images),
        7,
        Summation.alone(EXECUTION, listener));
  }

  /** On the calibration images; the student's features times a factor. */
  private double error(Graph student, double factor) {
    try (Features features = requireNonNull(features(student, teacher))) {
      Tensor own = last(features.watched(student)).mul(new Scalar(factor));
      return features.error(own, last(features.watched(teacher))).item_double();
    }
  }

  private static Tensor last(Graph watched) {
    try (Program program = new Program(watched, EXECUTION);
        Batches batches = images(IMAGES).batches(IMAGES, 1)) {
      Batch batch = batches.next();
      Tensor[] outputs = program.run(Tensors.of(batch));
      return outputs[outputs.length - 1];
    }
  }

  private static Tensor pixels(Tensor map) {
    return map.permute(0, 2, 3, 1).reshape(-1, map.size(1)).to(ScalarType.Double);
  }

  /** The teacher with the first {@code rank} filters of its second convolution, mixed. */
  private Graph narrowed(int rank, long seed) {
    Graph narrow = network(rank, 1);
    int filter = 5 * 3 * 3;
    float[] filters =
        Arrays.copyOf(requireNonNull(teacher.constant("conv2.w")).floats(), rank * filter);
    float[] biases = Arrays.copyOf(requireNonNull(teacher.constant("conv2.b")).floats(), rank);
    return narrow
        .edit()
        .constant("conv0.w", requireNonNull(teacher.constant("conv0.w")))
        .constant("conv0.b", requireNonNull(teacher.constant("conv0.b")))
        .constant("conv2.w", Constant.of(mixed(filters, rank, seed), rank, 5, 3, 3))
        .constant("conv2.b", Constant.of(mixed(biases, rank, seed), rank))
        .build();
  }

  /** {@code M rows} with a random invertible M, the identity for seed 0. */
  private static float[] mixed(float[] rows, int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int width = rows.length / count;
    float[] mixed = new float[rows.length];
    for (int i = 0; i < count; i++) {
      for (int k = 0; k < count; k++) {
        double share = (i == k ? 1 : 0) + (seed == 0 ? 0 : 0.2 * random.nextGaussian());
        for (int j = 0; j < width; j++) {
          mixed[i * width + j] += (float) (share * rows[k * width + j]);
        }
      }
    }
    return mixed;
  }

  @Test
  void anyInvertibleMixtureOfTheTeachersChannelsIsAsGoodAsThey() {
    assertThat(error(teacher, 1)).isLessThan(1e-5);
    assertThat(error(narrowed(WIDTH, 7), 1)).isLessThan(1e-5);
  }

  @Test
  void fewerChannelsLoseWhatTheySpanNot() {
    double plain = error(narrowed(3, 0), 1);
    assertThat(plain).isBetween(1e-3, 1.0);
    assertThat(error(narrowed(3, 8), 1)).isCloseTo(plain, within(1e-3 * plain));
    assertThat(error(narrowed(5, 0), 1)).isLessThan(plain);
  }

  /** The residual is orthogonal to what D rebuilds: the error is least at factor 1, and smooth. */
  @Test
  void theDecodeIsThatOfLeastSquares() {
    Graph student = narrowed(3, 8);
    double least = error(student, 1);
    double below = error(student, 0.9);
    double above = error(student, 1.1);
    assertThat(Math.min(below, above)).isGreaterThan(least);
    assertThat(above - below).isCloseTo(0, within(1e-2 * (above + below - 2 * least)));
  }

  /** {@code ||X Theta - Y||^2 / ||Y||^2} with Theta by the pseudo-inverse. */
  @Test
  void theErrorIsRelativeToTheTeachersEnergy() {
    Graph student = narrowed(3, 8);
    try (Features features = requireNonNull(features(student, teacher))) {
      Tensor own = last(features.watched(student));
      Tensor target = last(features.watched(teacher));
      Tensor x =
          torch.cat(new TensorVector(pixels(own), pixels(own).new_ones(own.numel() / 3, 1)), 1);
      Tensor y = pixels(target);
      double squares = x.matmul(torch.pinverse(x)).matmul(y).sub(y).square().sum().item_double();
      double expected = squares / y.square().sum().item_double();
      assertThat(features.error(own, target).item_double())
          .isCloseTo(expected, within(1e-3 * expected));

      double parts = 0;
      for (int first = 0; first < IMAGES; first += 8) {
        Tensor part = features.error(own.narrow(0, first, 8), target.narrow(0, first, 8));
        parts += part.item_double() * 8 / IMAGES;
      }
      assertThat(parts).isCloseTo(expected, within(1e-3 * expected));
    }
  }

  @Test
  void theWatchedNetworkGivesItsFeaturesLast() {
    try (Features features = requireNonNull(features(teacher, teacher))) {
      assertThat(features.watched(teacher).outputs().stream().map(Value::name))
          .containsExactly(teacher.outputs().get(0).name(), "conv2");
    }
  }

  /** Behind the pool there is one pixel. */
  @Test
  void theFeaturesAreThoseBeforeTheyArePooled() {
    Graph net = Zoo.randomCifarResNet(1, List.of(4, 8), 10, 2);
    FeatureMap map = requireNonNull(FeatureMap.last(net, net));
    assertThat(map.channels()).isEqualTo(8);
    assertThat(map.watched(net).outputs().get(1).type().shape().size(3)).isEqualTo(16);
    assertThat(net.readers(map.value()))
        .singleElement()
        .matches(node -> node.operator() instanceof GlobalAveragePool);
  }

  @Test
  void tooFewImagesForAllUnknownsOfTheDecodeTeachNothing() {
    assertThat(features(teacher, teacher, 1)).isNull();
    assertThat(notes).singleElement().asString().contains("conv2", "too few images");
    features(teacher, teacher, 2).close();
  }

  @Test
  void aDeadMapTeachesNothing() {
    Graph dead =
        teacher
            .edit()
            .constant("conv2.w", Constant.of(new float[WIDTH * 45], WIDTH, 5, 3, 3))
            .constant("conv2.b", Constant.of(new float[WIDTH], WIDTH))
            .build();
    assertThat(features(teacher, dead)).isNull();
    assertThat(features(dead, teacher)).isNull();
    assertThat(notes).hasSize(2).allMatch(note -> note.startsWith("conv2: a dead feature map"));
  }

  @Test
  void valuesHaveNoFeaturesAndStrangersHaveNoneInCommon() {
    assertThat(features(OutputKind.VALUES.mark(teacher), teacher)).isNull();
    assertThat(notes).isEmpty();
    Layers others = new Layers("other", 1, Dim.open("N"), 3, SIDE);
    var x = others.apply(new Relu(), others.conv(others.input(), 5, 3, 4));
    Graph other = others.outputs(others.gemm(others.flatten(others.conv(x, WIDTH, 3, 1)), 4));
    assertThat(features(teacher, other)).isNull();
    assertThat(notes).singleElement().asString().contains("no feature map that both");
  }
}
