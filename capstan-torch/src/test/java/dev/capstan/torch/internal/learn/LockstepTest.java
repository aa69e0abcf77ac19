package dev.capstan.torch.internal.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.capstan.compress.Compression;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Graph;
import dev.capstan.rewrite.OpenBatch;
import dev.capstan.space.Bases;
import dev.capstan.space.Basis;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.space.Freedom;
import dev.capstan.testing.OrtOracle;
import dev.capstan.testing.RandomBases;
import dev.capstan.testing.RandomGraphs;
import dev.capstan.torch.internal.calibrate.ReconstructionPoint;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.engine.Program;
import dev.capstan.torch.internal.loss.TaskLoss;
import dev.capstan.torch.internal.tensor.Precision;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Both networks side by side, on random networks. */
class LockstepTest {
  private static final int BATCH = 2;

  static LongStream seeds() {
    return RandomGraphs.seeds().limit(Long.getLong("capstan.graphs", 30));
  }

  /** A random network with random bases, some of whose layers are compared. */
  private record Case(ChannelSpaces spaces, float[] images, long[] sizes) {
    static Case of(long seed) {
      Graph graph = OpenBatch.apply(RandomGraphs.of(seed));
      Residual residual = seed % 2 == 0 ? Residual.KEEP : Residual.PROJECT;
      long[] sizes = graph.inputs().get(0).type().shape().sizes();
      sizes[0] = BATCH;
      return new Case(
          ChannelSpaces.of(graph, residual), OrtOracle.Tensor.random(seed, sizes).values(), sizes);
    }

    Graph graph() {
      return spaces.graph();
    }

    boolean isTapped(Bases bases) {
      return !ReconstructionPoint.of(spaces, bases).isEmpty();
    }

    boolean learns() {
      return spaces.compressible().stream().anyMatch(space -> space.freedom() == Freedom.FREE);
    }

    Tensor[] batch() {
      return new Tensor[] {Tensors.of(images, sizes)};
    }

    /** Every point counts alike. */
    Map<String, Double> scales(Bases bases) {
      Map<String, Double> scales = new HashMap<>();
      ReconstructionPoint.values(ReconstructionPoint.of(spaces, bases))
          .forEach(value -> scales.put(value, 1.0));
      return scales;
    }

    Lockstep lockstep(Bases bases, Precision precision) {
      return new Lockstep(spaces, bases, new Execution(precision, 1));
    }
  }

  private static Map<String, Projector.Pair> pairs(Bases bases, ScalarType type) {
    Map<String, Projector.Pair> pairs = new LinkedHashMap<>();
    bases.bySpace().forEach((name, basis) -> pairs.put(name, pair(basis, type)));
    return pairs;
  }

  private static Projector.Pair pair(Basis basis, ScalarType type) {
    Tensor encode = Lockstep.matrix(basis.encode()).to(type);
    boolean tied = basis.decode() == basis.encode();
    return new Projector.Pair(encode, tied ? encode : Lockstep.matrix(basis.decode()).to(type));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void compressedOutputsAreThoseOfTheCompressedGraph(long seed) {
    Case one = Case.of(seed);
    Bases bases =
        seed % 3 == 0
            ? RandomBases.oblique(one.spaces(), seed)
            : RandomBases.orthonormal(one.spaces(), seed);
    assumeTrue(one.isTapped(bases));
    Graph compressed = Compression.apply(one.spaces(), bases);
    try (PointerScope scope = new PointerScope();
        Lockstep lockstep = one.lockstep(bases, Precision.FP32);
        Program small = new Program(compressed, new Execution(Precision.FP32, 1));
        Program full = new Program(one.graph(), new Execution(Precision.FP32, 1))) {
      Lockstep.Result result =
          lockstep.run(one.batch(), pairs(bases, ScalarType.Float), one.scales(bases));

      assertClose(result.compressed(), small.run(one.batch()));
      assertClose(result.original(), full.run(one.batch()));
      assertThat(result.rho().item_double()).isGreaterThanOrEqualTo(0);
    }
  }

  private static void assertClose(List<Tensor> found, Tensor[] expected) {
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      double largest = expected[i].abs().max().item_double();
      double difference = found.get(i).sub(expected[i]).abs().max().item_double();
      assertThat(difference).isLessThanOrEqualTo(2e-5 * largest);
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void identityBasesAreAtNoDistance(long seed) {
    Case one = Case.of(seed);
    Bases bases = RandomBases.identity(one.spaces());
    assumeTrue(one.isTapped(bases));
    try (PointerScope scope = new PointerScope();
        Lockstep lockstep = one.lockstep(bases, Precision.FP32)) {
      Map<String, Projector.Pair> identity = pairs(bases, ScalarType.Float);
      double rho = lockstep.run(one.batch(), identity, one.scales(bases)).rho().item_double();
      assertThat(rho).isLessThan(1e-9);
    }
  }

  /** Where these do not hold, the properties here say nothing. */
  @Test
  void mostNetworksAreTappedAndLearn() {
    List<Case> compared =
        seeds()
            .mapToObj(Case::of)
            .filter(one -> one.isTapped(RandomBases.identity(one.spaces())))
            .toList();
    assertThat(compared).hasSizeGreaterThan((int) seeds().count() / 2);
    assertThat(compared.stream().filter(Case::learns).count()).isGreaterThan(seeds().count() / 2);
  }

  @Test
  void aDeadNetworkIsRefused() {
    Case one = Case.of(0);
    Bases bases = RandomBases.orthonormal(one.spaces(), 0);
    Map<String, Double> zeros = one.scales(bases);
    zeros.replaceAll((value, scale) -> 0.0);
    try (PointerScope scope = new PointerScope();
        Lockstep lockstep = one.lockstep(bases, Precision.FP32)) {
      Map<String, Projector.Pair> pairs = pairs(bases, ScalarType.Float);
      assertThatThrownBy(() -> lockstep.run(one.batch(), pairs, zeros))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("gives zeros");
    }
  }

  /** The products run in bfloat16, the bases stay in single precision. */
  @ParameterizedTest
  @MethodSource("seeds")
  void halfPrecisionIsNear(long seed) {
    Case one = Case.of(seed);
    Bases bases = RandomBases.orthonormal(one.spaces(), seed);
    assumeTrue(one.isTapped(bases));
    double exact = rho(one, bases, Precision.FP32);
    assertThat(rho(one, bases, Precision.BF16)).isCloseTo(exact, within(0.1 * exact + 1e-3));
  }

  private static double rho(Case one, Bases bases, Precision precision) {
    try (PointerScope scope = new PointerScope();
        Lockstep lockstep = one.lockstep(bases, precision)) {
      Map<String, Projector.Pair> pairs = pairs(bases, ScalarType.Float);
      return lockstep.run(one.batch(), pairs, one.scales(bases)).rho().item_double();
    }
  }

  /** dL/dP along a random direction, in float64, for every basis of a network at once. */
  @ParameterizedTest
  @MethodSource("seeds")
  void gradientEqualsFiniteDifferences(long seed) {
    Case one = Case.of(seed);
    Bases bases = RandomBases.orthonormal(one.spaces(), seed);
    assumeTrue(one.isTapped(bases));
    try (PointerScope scope = new PointerScope();
        Lockstep lockstep = one.lockstep(bases, Precision.FP64)) {
      Map<String, Projector.Pair> leaves = new LinkedHashMap<>();
      Map<String, Tensor> directions = new LinkedHashMap<>();
      torch.manual_seed(seed);
      pairs(bases, ScalarType.Double)
          .forEach(
              (name, pair) -> {
                leaves.put(name, pair);
                // What may only be selected does not learn.
                if (one.spaces().space(name).freedom() == Freedom.FREE) {
                  pair.encode().set_requires_grad(true);
                  directions.put(name, torch.randn_like(pair.encode().detach()));
                }
              });
      assumeTrue(!directions.isEmpty());
      loss(one, lockstep, bases, leaves).backward();
      double slope = 0;
      for (Map.Entry<String, Tensor> direction : directions.entrySet()) {
        Tensor gradient = leaves.get(direction.getKey()).encode().grad();
        slope += gradient.mul(direction.getValue()).sum().item_double();
      }

      DoubleUnaryOperator moved = step -> moved(one, lockstep, bases, leaves, directions, step);
      assertThat(slope)
          .satisfiesAnyOf(
              found -> assertSlope(found, moved, 1e-6),
              // Where a ReLU turns within a step, a smaller one does not reach so far.
              found -> assertSlope(found, moved, 1e-8));
    }
  }

  private static void assertSlope(double found, DoubleUnaryOperator moved, double step) {
    double expected = (moved.applyAsDouble(step) - moved.applyAsDouble(-step)) / (2 * step);
    assertThat(found).isCloseTo(expected, within(1e-5 * Math.abs(expected) + 1e-6));
  }

  private static double moved(
      Case one,
      Lockstep lockstep,
      Bases bases,
      Map<String, Projector.Pair> leaves,
      Map<String, Tensor> directions,
      double step) {
    Map<String, Projector.Pair> pairs = new LinkedHashMap<>();
    leaves.forEach(
        (name, pair) -> {
          Tensor direction = directions.get(name);
          Tensor shifted =
              direction == null
                  ? pair.encode()
                  : pair.encode().detach().add(direction.mul(new Scalar(step)));
          pairs.put(name, new Projector.Pair(shifted, shifted));
        });
    return loss(one, lockstep, bases, pairs).item_double();
  }

  private static Tensor loss(
      Case one, Lockstep lockstep, Bases bases, Map<String, Projector.Pair> pairs) {
    Lockstep.Result result = lockstep.run(one.batch(), pairs, one.scales(bases));
    Tensor task = new TaskLoss(one.graph()).divergence(result.original(), result.compressed());
    return result.rho().add(task.mul(new Scalar(0.5)));
  }
}
