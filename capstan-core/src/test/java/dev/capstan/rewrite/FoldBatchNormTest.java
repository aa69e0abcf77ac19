package dev.capstan.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.op.Arithmetic;
import dev.capstan.graph.op.BatchNormalization;
import dev.capstan.graph.op.Gemm;
import dev.capstan.graph.op.Relu;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.space.Freedom;
import dev.capstan.space.Space;
import dev.capstan.testing.Layers;
import dev.capstan.testing.Layers.Feature;
import dev.capstan.testing.Outputs;
import dev.capstan.testing.RandomGraphs;
import dev.capstan.zoo.Zoo;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Where BatchNorm folds (docs/method.md, section 3), and that folding changes nothing. */
@Tag("trust")
class FoldBatchNormTest {
  private final Layers net = new Layers("net", 3, Dim.open("N"), 3, 6);

  static LongStream seeds() {
    return RandomGraphs.seeds();
  }

  private static Graph fold(Graph graph) {
    return Rewriter.apply(graph, new FoldBatchNorm());
  }

  private static long norms(Graph graph) {
    return graph.nodes().stream().filter(n -> n.operator() instanceof BatchNormalization).count();
  }

  private static void assertFolds(Graph graph, int left) {
    Graph folded = fold(graph);
    assertThat(norms(folded)).isEqualTo(left);
    Outputs.assertClose(folded, graph, 1e-5);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void outputsStay(long seed) {
    Graph graph = RandomGraphs.of(seed);
    Graph folded = fold(graph);
    Outputs.assertClose(folded, graph, 1e-5);
    assertThat(fold(folded)).hasToString(folded.toString());
  }

  @Test
  void foldsAfterConvWithAndWithoutBias() {
    Feature x = net.batchNorm(net.conv(net.input(), 4, 3, 1, 1, false));
    assertFolds(net.outputs(net.batchNorm(net.conv(x, 5, 3, 1))), 0);
  }

  @Test
  void foldsAfterDepthwiseAndGroupedConv() {
    Feature x = net.batchNorm(net.depthwise(net.input(), 3, 1));
    Feature y = net.batchNorm(net.conv(net.conv(x, 4, 1, 1), 4, 3, 1, 2, true));
    assertFolds(net.outputs(y), 0);
  }

  /** A pass folds one of them: the rest stays, rather than to take the square of their number. */
  @Test
  void aChainOfManyIsNotFoldedToItsEnd() {
    int many = 800;
    Feature x = net.conv(net.input(), 2, 1, 1, 1, false);
    for (int i = 0; i < many; i++) {
      x = net.batchNorm(x);
    }
    long left = norms(fold(net.outputs(x)));
    assertThat(left).isPositive().isLessThan(many - Rewriter.MOST_LOOKS / many);
  }

  @Test
  void foldsAfterGemm() {
    assertFolds(net.outputs(net.batchNorm(net.gemm(net.flatten(net.input()), 4))), 0);
  }

  @Test
  void foldsAfterConvTransposeWithAndWithoutGroups() {
    Feature x = net.batchNorm(net.convTranspose(net.conv(net.input(), 8, 3, 1), 6, 1));
    assertFolds(net.outputs(net.batchNorm(net.convTranspose(net.conv(x, 8, 1, 1), 12, 2))), 0);
  }

  /** Caffe writes a normalization as two layers: statistics, then scale and shift. */
  @Test
  void foldsTheScaleThatFollows() {
    Feature x = net.batchNorm(net.conv(net.input(), 4, 3, 1, 1, false));
    Feature scaled = net.withConstant(Arithmetic.MUL, x, 4, 1, 1);
    Feature y = net.addConstant(scaled, 1, 4, 1, 1);
    Graph graph = net.outputs(net.conv(net.apply(new Relu(), y), 3, 1, 1));

    assertFolds(graph, 0);
    assertThat(fold(graph).nodes()).hasSize(graph.nodes().size() - 3);
    assertThat(ChannelSpaces.of(fold(graph), Residual.PROJECT).compressible())
        .extracting(Space::freedom)
        .containsExactly(Freedom.FREE);
  }

  @ParameterizedTest
  @EnumSource(names = {"MUL", "DIV", "SUB"})
  void foldsArithmeticWithANumberAChannelOrOneForAll(Arithmetic function) {
    Feature x = net.withConstant(function, net.conv(net.input(), 4, 3, 1), 4, 1, 1);
    Feature y = net.withConstant(function, net.conv(x, 5, 1, 1), 1);
    Graph graph = net.outputs(y);

    Graph folded = fold(graph);

    assertThat(folded.nodes()).hasSize(2);
    Outputs.assertClose(folded, graph, 1e-5);
  }

  /** A constant for each pixel, or along the width. */
  @Test
  void leavesWhatIsNotPerChannel() {
    Feature x = net.withConstant(Arithmetic.MUL, net.conv(net.input(), 6, 3, 1), 6, 6, 6);
    Graph graph = net.outputs(net.withConstant(Arithmetic.MUL, net.conv(x, 6, 3, 1), 6));

    assertThat(fold(graph)).hasToString(graph.toString());
  }

  @Test
  void foldsTwoInARow() {
    Feature x = net.conv(net.input(), 4, 3, 1);
    assertFolds(net.outputs(net.batchNorm(net.batchNorm(x))), 0);
  }

  @Test
  void leavesOneBeforeAPaddedConv() {
    assertFolds(net.outputs(net.conv(net.batchNorm(net.input()), 4, 3, 1)), 1);
  }

  @Test
  void leavesOneBehindAnActivation() {
    Feature x = net.apply(new Relu(), net.conv(net.input(), 4, 3, 1));
    assertFolds(net.outputs(net.batchNorm(x)), 1);
  }

  @Test
  void leavesOneWhoseConvIsReadTwice() {
    Feature x = net.conv(net.input(), 4, 3, 1);
    assertFolds(net.outputs(net.add(x, net.batchNorm(x))), 1);
  }

  @Test
  void leavesOneWhoseConvIsAnOutput() {
    Feature x = net.conv(net.input(), 4, 3, 1);
    assertFolds(net.outputs(x, net.batchNorm(x)), 1);
  }

  /** A constant less the tensor is its negative, shifted. */
  @Test
  void foldsADifferenceFromAConstant() {
    Feature x = net.conv(net.input(), 4, 3, 1);
    Graph graph = net.outputs(net.withConstant(Arithmetic.SUB, x, 4, 1, 1));
    Node difference = graph.nodes().get(1);
    List<String> turned = List.of(difference.inputs().get(1), difference.inputs().get(0));
    Graph other =
        graph.edit().nodes(List.of(graph.nodes().get(0), difference.withInputs(turned))).build();

    assertThat(fold(other).nodes()).hasSize(1);
    Outputs.assertClose(fold(other), other, 1e-5);
  }

  @Test
  void sharedWeightsFoldWhereAllUsesFoldAlike() {
    Feature x = net.conv(net.input(), 4, 3, 1);
    Feature y = net.convLike(x, net.apply(new Relu(), net.input()), 3, 1, false);
    Feature norm = net.batchNorm(x);
    Graph graph = net.outputs(net.add(norm, net.batchNormLike(norm, y)));

    assertFolds(graph, 0);
    assertThat(fold(graph).constants()).hasSize(2);
  }

  /** One kernel for both would take two. */
  @Test
  void sharedWeightsBehindOtherScalesStay() {
    Feature x = net.conv(net.input(), 4, 3, 1);
    Feature y = net.convLike(x, net.apply(new Relu(), net.input()), 3, 1, false);
    assertFolds(net.outputs(net.add(net.batchNorm(x), net.batchNorm(y))), 2);
  }

  /** The scale is the same, the mean is not: one kernel, two biases. */
  @Test
  void sharedWeightsTakeBiasesOfTheirOwn() {
    Feature x = net.conv(net.input(), 4, 3, 1);
    Feature y = net.convLike(x, net.apply(new Relu(), net.input()), 3, 1, false);
    Feature norm = net.batchNorm(x);
    Graph graph = net.outputs(net.add(norm, net.batchNormLike(norm, y)));
    String own = net.constant("own", 0.3, 4);
    List<Node> nodes = new ArrayList<>(graph.nodes());
    Node second = nodes.get(3);
    List<String> inputs = new ArrayList<>(second.inputs());
    inputs.set(3, own);
    nodes.set(3, second.withInputs(inputs));
    Constant mean = Constant.of(new float[] {1, 2, 3, 4}, 4);

    Graph apart = graph.edit().nodes(nodes).constant(own, mean).build();

    assertFolds(apart, 0);
    assertThat(fold(apart).constants()).hasSize(3);
  }

  @Test
  void leavesOneWhoseWeightsAreShared() {
    Feature x = net.conv(net.input(), 4, 3, 1, 1, false);
    Feature y = net.convShared(net.input(), x.name() + ".w", 4, 3);
    assertFolds(net.outputs(net.add(net.batchNorm(x), y)), 1);
  }

  /** Exporters store equal constants once: a fold must not change another one's shift. */
  @Test
  void sharedShiftsStayAsTheyAre() {
    Feature x = net.batchNorm(net.conv(net.input(), 4, 3, 1, 1, false));
    Feature y = net.batchNorm(net.conv(x, 4, 3, 1, 1, false));
    Graph graph = net.outputs(net.batchNorm(net.apply(new Relu(), y)));
    List<String> names =
        graph.nodes().stream()
            .filter(n -> n.operator() instanceof BatchNormalization)
            .map(n -> n.inputs().get(2))
            .toList();
    assertThat(names).hasSize(3);

    Graph shared =
        graph
            .edit()
            .nodes(
                graph.nodes().stream()
                    .map(n -> n.reading(i -> names.contains(i) ? names.get(0) : i))
                    .toList())
            .build();

    assertFolds(shared, 1);
  }

  /** A Gemm's bias may be one number for all outputs. */
  @Test
  void aBroadcastBiasFoldsOrStays() {
    Graph graph = net.outputs(net.batchNorm(net.gemm(net.flatten(net.input()), 4)));
    String bias =
        graph.nodes().stream()
            .filter(n -> n.operator() instanceof Gemm)
            .findFirst()
            .orElseThrow()
            .inputs()
            .get(2);

    Graph broadcast = graph.edit().constant(bias, Constant.of(new float[] {0.7f}, 1)).build();

    Outputs.assertClose(fold(broadcast), broadcast, 1e-5);
  }

  @Test
  void leavesStatisticsThatARunGives() {
    Graph graph = net.outputs(net.batchNorm(net.conv(net.input(), 4, 3, 1)));
    String mean = graph.nodes().get(1).inputs().get(3);
    TensorType type = new TensorType(DataType.FLOAT32, Shape.of(4));
    Graph.Builder given = Graph.builder("given").nodes(graph.nodes()).inputs(graph.inputs());
    graph.constants().forEach((n, c) -> addUnless(given, mean, n, c));
    given.input(mean, type).outputs(graph.outputs());

    assertThat(norms(fold(given.build()))).isEqualTo(1);
  }

  private static void addUnless(Graph.Builder to, String but, String name, Constant constant) {
    if (!name.equals(but)) {
      to.constant(name, constant);
    }
  }

  @Test
  void foldsAllOfAResNet() {
    Graph graph = Zoo.randomCifarResNet(1, List.of(4, 8), 3, 5);
    assertThat(norms(graph)).isPositive();
    assertFolds(graph, 0);
  }
}
