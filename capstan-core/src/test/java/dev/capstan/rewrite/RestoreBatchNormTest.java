package dev.capstan.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.op.BatchNormalization;
import dev.capstan.graph.op.Conv;
import dev.capstan.rewrite.RestoreBatchNorm.Statistics;
import dev.capstan.zoo.Zoo;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** A restored network is the folded one, and folds back to it. */
class RestoreBatchNormTest {
  private static final Offset<Float> ROUND_OFF = Offset.offset(2e-6f);

  private final Graph folded =
      Rewriter.apply(Zoo.randomCifarResNet(1, List.of(4, 8), 10, 1), new FoldBatchNorm());

  @Test
  void everyConvIsFollowedByANormAndHasNoBias() {
    Graph restored = restore(folded, statistics(folded));
    assertThat(convs(restored)).hasSize(convs(folded).size());
    for (Node conv : convs(restored)) {
      assertThat(conv.hasInput(2)).isFalse();
      Node reader = restored.soleReader(conv.output());
      assertThat(reader).isNotNull();
      assertThat(reader.operator()).isInstanceOf(BatchNormalization.class);
    }
  }

  @Test
  void foldingGoesBack() {
    Graph again = Rewriter.apply(restore(folded, statistics(folded)), new FoldBatchNorm());
    assertThat(again).hasToString(folded.toString());
    folded
        .constants()
        .forEach(
            (name, constant) -> {
              Constant other = again.constant(name);
              assertThat(other).as(name).isNotNull();
              assertClose(other.floats(), constant.floats());
            });
  }

  @Test
  void aConvWithoutBiasGetsTheOneThatChangesNothing() {
    Graph bare = withoutBiases(folded);
    Graph again = Rewriter.apply(restore(bare, statistics(bare)), new FoldBatchNorm());
    for (Node conv : convs(again)) {
      float[] bias = again.constant(conv.inputs().get(2)).floats();
      assertClose(bias, new float[bias.length]);
    }
  }

  @Test
  void onlyNamedConvsAreTouched() {
    Map<String, Statistics> one = statistics(folded);
    String name = convs(folded).get(1).output();
    one.keySet().retainAll(List.of(name));
    long norms =
        restore(folded, one).nodes().stream()
            .filter(node -> node.operator() instanceof BatchNormalization)
            .count();
    assertThat(norms).isEqualTo(1);
    assertThat(restore(folded, Map.of())).hasToString(folded.toString());
  }

  @Test
  void sharedWeightsStay() {
    Node first = convs(folded).get(1);
    Node twin = new Node("twin", first.operator(), first.inputs(), List.of("twin"));
    Graph shared = folded.edit().node(twin).build();
    Map<String, Statistics> all = statistics(folded);
    Node same = restore(shared, all).node(first.name());
    assertThat(same).isEqualTo(first);
  }

  private static Graph restore(Graph graph, Map<String, Statistics> statistics) {
    return Rewriter.apply(graph, new RestoreBatchNorm(statistics));
  }

  private static List<Node> convs(Graph graph) {
    return graph.nodes().stream().filter(node -> node.operator() instanceof Conv).toList();
  }

  /** Any statistics leave the network as it is, not only true ones. */
  private static Map<String, Statistics> statistics(Graph graph) {
    SplittableRandom random = new SplittableRandom(5);
    Map<String, Statistics> statistics = new HashMap<>();
    for (Node conv : convs(graph)) {
      int channels = graph.constant(conv.inputs().get(1)).size(0);
      double[] mean = random.doubles(channels, -1, 1).toArray();
      double[] variance = random.doubles(channels, 0, 2).toArray();
      variance[0] = 0;
      statistics.put(conv.output(), new Statistics(mean, variance));
    }
    return statistics;
  }

  private static Graph withoutBiases(Graph graph) {
    List<Node> nodes =
        graph.nodes().stream()
            .map(
                node ->
                    node.operator() instanceof Conv
                        ? node.withInputs(node.inputs().subList(0, 2))
                        : node)
            .toList();
    return graph.edit().nodes(nodes).build();
  }

  private static void assertClose(float[] found, float[] expected) {
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < found.length; i++) {
      assertThat(found[i]).isCloseTo(expected[i], ROUND_OFF);
    }
  }
}
