package dev.capstan.compress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.cost.Cost;
import dev.capstan.cost.CostModel;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.rewrite.FoldBatchNorm;
import dev.capstan.rewrite.Rewriter;
import dev.capstan.space.Bases;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.space.Space;
import dev.capstan.testing.OrtOracle;
import dev.capstan.testing.OrtOracle.Tensor;
import dev.capstan.testing.Outputs;
import dev.capstan.testing.RandomBases;
import dev.capstan.testing.RandomGraphs;
import dev.capstan.testing.Siamese;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Kernels that several nodes read stay one, and what they compute stays alike. */
class TiedKernelsTest {
  private static final double ROUND_OFF = 2e-5;

  static LongStream seeds() {
    return RandomGraphs.seeds(25);
  }

  private static Graph folded(Graph graph) {
    return Rewriter.apply(graph, new FoldBatchNorm());
  }

  private static ChannelSpaces spaces(Graph graph) {
    return ChannelSpaces.of(graph, Residual.PROJECT);
  }

  private static Bases bases(ChannelSpaces spaces, long seed) {
    return switch ((int) (seed % 3)) {
      case 0 -> RandomBases.oblique(spaces, seed);
      case 1 -> RandomBases.orthonormal(spaces, seed);
      default -> RandomBases.selection(spaces, seed);
    };
  }

  /** Names of the kernels of a graph: all constants that have more than one number a channel. */
  private static Set<String> kernels(Graph graph) {
    Set<String> kernels = new HashSet<>();
    graph
        .constants()
        .forEach(
            (name, constant) -> {
              if (isKernel(constant)) {
                kernels.add(name);
              }
            });
    return kernels;
  }

  private static boolean isKernel(Constant constant) {
    long largest = LongStream.of(constant.sizes()).max().orElse(1);
    return constant.type().isFloating() && constant.elements() > largest;
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void kernelsStayAsManyAsTheyWere(long seed) {
    Graph graph = RandomGraphs.tied(seed);
    Graph folded = folded(graph);
    ChannelSpaces spaces = spaces(folded);

    Graph compressed = Compression.apply(spaces, bases(spaces, seed));

    assertThat(kernels(folded)).isEqualTo(kernels(graph));
    assertThat(kernels(graph)).containsAll(kernels(compressed));
    Outputs.assertClose(folded, graph, ROUND_OFF);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void identityBasesChangeNoBit(long seed) {
    Graph graph = folded(RandomGraphs.tied(seed));
    ChannelSpaces spaces = spaces(graph);

    Outputs.assertSame(Compression.apply(spaces, RandomBases.identity(spaces)), graph);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void smallKernelsEqualTheProjectedNetwork(long seed) {
    Graph graph = folded(RandomGraphs.tied(seed));
    ChannelSpaces spaces = spaces(graph);
    Bases bases =
        seed % 2 == 0 ? RandomBases.oblique(spaces, seed) : RandomBases.orthonormal(spaces, seed);

    Graph compressed = Compression.apply(spaces, bases);

    Outputs.assertClose(compressed, Projected.of(graph, spaces, bases).graph(), ROUND_OFF);
  }

  /** Two branches are one network run twice: nothing of its spaces, cost or kernels changes. */
  @ParameterizedTest
  @MethodSource("seeds")
  void aSiameseNetworkIsCompressedAsItsBranchIs(long seed) {
    Graph branch = folded(RandomGraphs.of(seed));
    Graph siamese = Siamese.of(branch);
    assertThat(folded(Siamese.of(RandomGraphs.of(seed))).constants().keySet())
        .isEqualTo(branch.constants().keySet());
    ChannelSpaces spaces = spaces(branch);
    ChannelSpaces both = spaces(siamese);
    assertThat(names(both)).isEqualTo(names(spaces));
    Bases bases = bases(spaces, seed);

    Graph small = Compression.apply(spaces, bases);
    Graph smallBoth = Compression.apply(both, bases);

    assertThat(Cost.of(smallBoth).parameters()).isEqualTo(Cost.of(small).parameters());
    assertThat(new CostModel(both).parameters(bases::rank))
        .isEqualTo(new CostModel(spaces).parameters(bases::rank));
    assertDifference(branch, small, smallBoth, seed);
  }

  /** Freedom and width of the spaces that can be compressed, by name. */
  private static Map<String, String> names(ChannelSpaces spaces) {
    Map<String, String> names = new LinkedHashMap<>();
    for (Space space : spaces.compressible()) {
      names.put(space.name(), space.freedom() + " " + space.width() + " " + space.groups().count());
    }
    return names;
  }

  private static void assertDifference(Graph branch, Graph small, Graph both, long seed) {
    String input = branch.inputs().get(0).name();
    Tensor first = RandomGraphs.inputs(branch, seed).get(input);
    Tensor second = RandomGraphs.inputs(branch, seed + 1).get(input);
    Map<String, Tensor> left = OrtOracle.run(small, Map.of(input, first));
    Map<String, Tensor> right = OrtOracle.run(small, Map.of(input, second));
    Map<String, Tensor> expected = new LinkedHashMap<>();
    left.forEach(
        (name, tensor) -> expected.put(name + "/apart", difference(tensor, right.get(name))));

    Outputs.assertClose(OrtOracle.run(both, Siamese.pair(first, second)), expected, ROUND_OFF);
    OrtOracle.run(both, Siamese.pair(first, first))
        .values()
        .forEach(tensor -> assertThat(tensor.values()).containsOnly(0));
  }

  private static Tensor difference(Tensor a, Tensor b) {
    float[] values = a.values().clone();
    for (int i = 0; i < values.length; i++) {
      values[i] -= b.values()[i];
    }
    return new Tensor(values, a.shape());
  }

  /** The property is worth something only where there are such kernels. */
  @ParameterizedTest
  @MethodSource("seeds")
  void kernelsAreShared(long seed) {
    Graph graph = RandomGraphs.tied(seed);

    assertThat(kernels(graph)).anyMatch(kernel -> graph.readers(kernel).size() > 1);
  }
}
