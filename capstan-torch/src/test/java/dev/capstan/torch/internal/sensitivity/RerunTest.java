package dev.capstan.torch.internal.sensitivity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.compress.Compression;
import dev.capstan.graph.Graph;
import dev.capstan.rewrite.OpenBatch;
import dev.capstan.space.Bases;
import dev.capstan.space.Basis;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.space.Matrix;
import dev.capstan.space.Space;
import dev.capstan.testing.Fixtures;
import dev.capstan.testing.OrtOracle;
import dev.capstan.testing.RandomGraphs;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.engine.Program;
import dev.capstan.torch.internal.engine.Values;
import dev.capstan.torch.internal.loss.TaskLoss;
import dev.capstan.torch.internal.tensor.Precision;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Running a part again gives what running the whole compressed network gives. */
class RerunTest {
  private static final Execution EXECUTION = new Execution(Precision.FP32, 1);

  static LongStream seeds() {
    return RandomGraphs.seeds().limit(Long.getLong("capstan.graphs", 30));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void equalsTheCompressedNetwork(long seed) {
    Graph graph = OpenBatch.apply(RandomGraphs.of(seed));
    assertEqual(ChannelSpaces.of(graph, seed % 2 == 0 ? Residual.KEEP : Residual.PROJECT), seed);
  }

  /** Means and variances are those of the channels that are kept. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "group-norm-script-17",
        "group-norm-dynamo-21",
        "layer-norm-script-13",
        "layer-norm-dynamo-18"
      })
  void normalizationsAreOfWhatIsKept(String fixture) {
    ChannelSpaces spaces = ChannelSpaces.of(Fixtures.prepared(fixture), Residual.PROJECT);
    assertThat(spaces.graph().nodes()).anyMatch(node -> spaces.isPooling(node.name()));
    assertEqual(spaces, 1);
  }

  private static void assertEqual(ChannelSpaces spaces, long seed) {
    try (PointerScope scope = new PointerScope();
        Reruns reruns =
            new Reruns(spaces, spaces.compressible(), new TaskLoss(spaces.graph()), EXECUTION)) {
      Tensor[] images = images(spaces.graph(), seed);
      try (Values original = reruns.original(images)) {
        for (Space space : spaces.compressible()) {
          Basis basis = rebuilding(space, seed);
          List<Tensor> part = reruns.rerun(space).run(images, original, basis);
          Bases bases = new Bases(Map.of(space.name(), basis));
          try (Program whole = new Program(Compression.apply(spaces, bases), EXECUTION)) {
            assertClose(space, part, whole.run(images));
          }
        }
      }
    }
  }

  /** With every channel kept nothing changes, not even by rounding. */
  @ParameterizedTest
  @MethodSource("seeds")
  void theFullWidthIsTheOriginal(long seed) {
    Graph graph = OpenBatch.apply(RandomGraphs.of(seed));
    ChannelSpaces spaces = ChannelSpaces.of(graph, Residual.PROJECT);
    try (PointerScope scope = new PointerScope();
        Reruns reruns =
            new Reruns(spaces, spaces.compressible(), new TaskLoss(spaces.graph()), EXECUTION);
        Program program = new Program(graph, EXECUTION)) {
      Tensor[] images = images(graph, seed);
      try (Values original = reruns.original(images)) {
        for (Space space : spaces.compressible()) {
          List<Tensor> part =
              reruns.rerun(space).run(images, original, Basis.identity(space.width()));
          assertClose(space, part, program.run(images));
        }
      }
    }
  }

  private static Tensor[] images(Graph graph, long seed) {
    long[] sizes = graph.inputs().get(0).type().shape().sizes();
    sizes[0] = 2;
    return new Tensor[] {Tensors.of(OrtOracle.Tensor.random(seed, sizes).values(), sizes)};
  }

  /** Some channels, and others made of them at random, unless they come in groups. */
  private static Basis rebuilding(Space space, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    if (space.groups().count() > 1) {
      double[] scores = random.doubles(space.width()).toArray();
      int each = 1 + random.nextInt(space.width() / space.groups().count());
      return Basis.ofLargest(scores, each * space.groups().count(), space.groups());
    }
    int rank = 1 + random.nextInt(space.width());
    int[] kept = IntStream.range(space.width() - rank, space.width()).toArray();
    float[] decode = new float[space.width() * rank];
    for (int i = 0; i < decode.length; i++) {
      decode[i] = (float) random.nextDouble(-1, 1);
    }
    return new Basis.Oblique(
        Matrix.selection(space.width(), kept), new Matrix(space.width(), rank, decode));
  }

  private static void assertClose(Space space, List<Tensor> found, Tensor[] expected) {
    assertThat(found).hasSameSizeAs(Arrays.asList(expected));
    for (int i = 0; i < expected.length; i++) {
      double largest = expected[i].abs().max().item_double();
      double difference = found.get(i).sub(expected[i]).abs().max().item_double();
      // Where terms of about 1 cancel, round-off is that of the terms.
      assertThat(difference).as(space.name()).isLessThanOrEqualTo(2e-5 * (largest + 0.01));
    }
  }
}
