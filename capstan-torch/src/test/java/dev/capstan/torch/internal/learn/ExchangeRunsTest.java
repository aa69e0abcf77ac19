package dev.capstan.torch.internal.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.capstan.graph.Graph;
import dev.capstan.rewrite.OpenBatch;
import dev.capstan.space.Bases;
import dev.capstan.space.Basis;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.space.Matrix;
import dev.capstan.space.Space;
import dev.capstan.testing.OrtOracle;
import dev.capstan.testing.RandomGraphs;
import dev.capstan.torch.internal.calibrate.Calibration;
import dev.capstan.torch.internal.calibrate.OriginalRun;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.tensor.Precision;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Running on from a space gives what running both networks from end to end gives. */
class ExchangeRunsTest {
  private static final Execution EXECUTION = new Execution(Precision.FP32, 1);

  static LongStream seeds() {
    return RandomGraphs.seeds().limit(Long.getLong("capstan.graphs", 20));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void theDistanceIsThatOfWholeRuns(long seed) {
    Graph graph = OpenBatch.apply(RandomGraphs.of(seed));
    ChannelSpaces spaces = ChannelSpaces.of(graph, Residual.PROJECT);
    SplittableRandom random = new SplittableRandom(seed);
    Map<String, Basis> bases = new LinkedHashMap<>();
    spaces.compressible().forEach(space -> bases.put(space.name(), selection(space, random)));
    if (bases.isEmpty()) {
      return;
    }
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard();
        Lockstep networks = new Lockstep(spaces, new Bases(bases), EXECUTION)) {
      List<Tensor[]> images = List.of(images(graph, seed), images(graph, seed + 1));
      Map<String, Double> scales = scales(spaces, images.get(0));
      try (ExchangeRuns runs = new ExchangeRuns(networks, scales, images)) {
        List<Space> ordered =
            spaces.compressible().stream().sorted(Comparator.comparingInt(runs::first)).toList();
        for (Space space : ordered) {
          runs.reach(space, pairs(bases));
          for (int i = 0; i < 2; i++) {
            bases.put(space.name(), selection(space, random));
            runs.change(space);
            double expected = whole(networks, images, pairs(bases), scales);
            assertThat(runs.distance(pairs(bases)))
                .as(space.name())
                .isCloseTo(expected, within(1e-4 * (expected + 1e-3)));
          }
        }
      }
    }
  }

  private static double whole(
      Lockstep networks,
      List<Tensor[]> images,
      Map<String, Projector.Pair> pairs,
      Map<String, Double> scales) {
    return images.stream()
        .mapToDouble(
            batch -> batch[0].size(0) * networks.run(batch, pairs, scales).rho().item_double())
        .sum();
  }

  private static Map<String, Double> scales(ChannelSpaces spaces, Tensor[] images) {
    Calibration calibration = new Calibration(spaces, spaces.compressible());
    try (OriginalRun original = new OriginalRun(spaces.graph(), EXECUTION)) {
      original.observe(images, calibration.batch(images[0].size(0)));
    }
    return calibration.scales().values();
  }

  private static Map<String, Projector.Pair> pairs(Map<String, Basis> bases) {
    Map<String, Projector.Pair> pairs = new HashMap<>();
    bases.forEach((name, basis) -> pairs.put(name, Lockstep.fixed(basis)));
    return pairs;
  }

  private static Tensor[] images(Graph graph, long seed) {
    long[] sizes = graph.inputs().get(0).type().shape().sizes();
    sizes[0] = 2;
    return new Tensor[] {Tensors.of(OrtOracle.Tensor.random(seed, sizes).values(), sizes)};
  }

  /** Always so many channels: half of them, and others made of them at random, if not in groups. */
  private static Basis selection(Space space, SplittableRandom random) {
    int rank = Math.max(1, space.width() / space.groups().count() / 2) * space.groups().count();
    double[] scores = random.doubles(space.width()).toArray();
    Basis chosen = Basis.ofLargest(scores, rank, space.groups());
    if (space.groups().count() > 1) {
      return chosen;
    }
    float[] decode = new float[space.width() * rank];
    for (int i = 0; i < decode.length; i++) {
      decode[i] = (float) random.nextDouble(-0.5, 0.5);
    }
    return new Basis.Oblique(chosen.encode(), new Matrix(space.width(), rank, decode));
  }

  @RepeatedTest(30)
  void keepsToTheBudgetWhateverTheNetwork(RepetitionInfo info) {
    SplittableRandom random = new SplittableRandom(info.getCurrentRepetition());
    double budget = random.nextDouble(1500, 20_000);
    double behind = random.nextDouble(0.1, 80);
    int available = random.nextInt(1, 500);

    ExchangeEffort effort = ExchangeEffort.within(budget, behind, available);

    assertThat(effort.images() * (3 + effort.tries() * behind)).isLessThanOrEqualTo(budget);
    assertThat(effort.images()).isBetween(1, Math.min(128, available));
    assertThat(effort.tries()).isBetween(0, 8);
  }

  /** EfficientNet-Lite0: sixteen expanded spaces, a half of the network behind each. */
  @Test
  void aCompactNetworkIsTriedOnSomeTwentyPhotos() {
    assertThat(ExchangeEffort.within(1500, 8, 400)).isEqualTo(new ExchangeEffort(22, 8));
  }
}
