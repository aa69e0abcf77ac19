package dev.capstan.torch.internal.learn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.graph.Graph;
import dev.capstan.rewrite.FoldBatchNorm;
import dev.capstan.rewrite.Rewriter;
import dev.capstan.space.Bases;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.space.Space;
import dev.capstan.testing.OrtOracle;
import dev.capstan.testing.RandomBases;
import dev.capstan.torch.internal.calibrate.ReconstructionPoint;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.tensor.Precision;
import dev.capstan.torch.internal.tensor.Tensors;
import dev.capstan.zoo.Zoo;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Slow spaces get the gradient of all batches of their rest. */
class CachedKernelsTest {
  private static final int BATCHES = 3;
  private static final long[] SIZES = {2, 3, 32, 32};

  private static final Graph GRAPH =
      Rewriter.apply(Zoo.randomCifarResNet(1, List.of(4, 8, 8), 10, 5), new FoldBatchNorm());

  @ParameterizedTest
  @EnumSource(Residual.class)
  void gatheredGradientIsTheSumOverTheBatches(Residual residual) {
    ChannelSpaces spaces = ChannelSpaces.of(GRAPH, residual);
    Bases bases = RandomBases.orthonormal(spaces, 3);
    Set<String> all = spaces.compressible().stream().map(Space::name).collect(Collectors.toSet());
    try (PointerScope scope = new PointerScope()) {
      Map<String, Projector.Pair> each = pairs(bases);
      Map<String, Projector.Pair> gathered = pairs(bases);
      gradients(spaces, bases, Set.of(), each);
      gradients(spaces, bases, all, gathered);

      for (String space : bases.bySpace().keySet()) {
        Tensor expected = each.get(space).encode().grad();
        Tensor found = gathered.get(space).encode().grad();
        double largest = expected.abs().max().item_double();
        assertThat(largest).isPositive();
        assertThat(found.sub(expected).abs().max().item_double()).isLessThan(1e-4 * largest);
      }
    }
  }

  private static Map<String, Projector.Pair> pairs(Bases bases) {
    Map<String, Projector.Pair> pairs = new HashMap<>();
    bases
        .bySpace()
        .forEach(
            (name, basis) -> {
              Tensor leaf = Lockstep.matrix(basis.encode()).set_requires_grad(true);
              pairs.put(name, new Projector.Pair(leaf, leaf));
            });
    return pairs;
  }

  private static void gradients(
      ChannelSpaces spaces, Bases bases, Set<String> slow, Map<String, Projector.Pair> pairs) {
    Map<String, Double> scales = new HashMap<>();
    ReconstructionPoint.values(ReconstructionPoint.of(spaces, bases))
        .forEach(value -> scales.put(value, 1.0));
    Execution execution = new Execution(Precision.FP32, 1);
    try (Lockstep lockstep = new Lockstep(spaces, bases, slow, execution)) {
      for (int batch = 0; batch < BATCHES; batch++) {
        float[] images = OrtOracle.Tensor.random(batch, SIZES).values();
        lockstep.run(new Tensor[] {Tensors.of(images, SIZES)}, pairs, scales).rho().backward();
      }
      lockstep.release(pairs);
    }
  }
}
