package dev.capstan.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.op.BatchNormalization;
import dev.capstan.graph.op.Gemm;
import dev.capstan.graph.op.Relu;
import dev.capstan.testing.Layers;
import dev.capstan.testing.Layers.Feature;
import dev.capstan.testing.Outputs;
import dev.capstan.testing.RandomGraphs;
import dev.capstan.zoo.Zoo;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Where BatchNorm folds (docs/method.md, section 3), and that folding changes nothing. */
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

  @Test
  void foldsAfterGemm() {
    assertFolds(net.outputs(net.batchNorm(net.gemm(net.flatten(net.input()), 4))), 0);
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
                    .map(
                        n ->
                            n.withInputs(
                                n.inputs().stream()
                                    .map(i -> names.contains(i) ? names.get(0) : i)
                                    .toList()))
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
