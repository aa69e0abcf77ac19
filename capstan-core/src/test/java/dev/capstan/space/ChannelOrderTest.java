package dev.capstan.space;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.capstan.cost.Cost;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.op.Gather;
import dev.capstan.graph.op.Relu;
import dev.capstan.graph.op.Reshape;
import dev.capstan.graph.op.Transpose;
import dev.capstan.rewrite.Rewriter;
import dev.capstan.rewrite.ShuffleToGather;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.testing.Layers;
import dev.capstan.testing.Layers.Feature;
import dev.capstan.testing.Outputs;
import dev.capstan.testing.RandomGraphs;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Shuffled channels put in order by permuting the weights around them. */
@Tag("trust")
class ChannelOrderTest {
  private static final double ROUND_OFF = 1e-5;

  private final Layers net = new Layers("net", 1, Dim.open("N"), 3, 4);

  static LongStream seeds() {
    return RandomGraphs.seeds();
  }

  /** By Reshape, Transpose and Reshape, as exports have it. */
  private Feature shuffled(Feature x, long groups) {
    long side = x.side();
    Reshape cut = new Reshape(List.of(-1L, groups, x.channels() / groups, side, side), false);
    Feature turned = net.apply(new Transpose(List.of(0, 2, 1, 3, 4)), net.apply(cut, x));
    Reshape joined = new Reshape(List.of(-1L, (long) x.channels(), side, side), false);
    return net.apply(joined, turned);
  }

  private static Graph gathered(Graph graph) {
    Graph gathered = Rewriter.apply(graph, new ShuffleToGather());
    assertThat(gathered.nodes()).anyMatch(node -> node.operator() instanceof Gather);
    Outputs.assertClose(gathered, graph, ROUND_OFF);
    return gathered;
  }

  /** Types are inferred once for all of them: once for each would take minutes. */
  @Test
  @Timeout(60)
  void workGrowsWithTheNumberOfShuffles() {
    Feature x = net.conv(net.input(), 4, 1, 1);
    for (int i = 0; i < 4000; i++) {
      x = shuffled(x, 2);
    }
    Graph gathered = Rewriter.apply(net.outputs(x), new ShuffleToGather());
    assertThat(gathered.nodes()).hasSize(4001);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void whatIsInOrderIsLeftAlone(long seed) {
    Graph graph = RandomGraphs.of(seed);

    assertThat(ChannelOrder.apply(graph)).isSameAs(graph);
  }

  /** Two layers write, one of them through an activation; all of it stays free. */
  @Test
  void spacesLieSideBySideAfterwards() {
    Feature both =
        net.concat(
            net.conv(net.input(), 4, 3, 1), net.apply(new Relu(), net.conv(net.input(), 4, 1, 1)));
    Graph graph = gathered(net.outputs(net.conv(shuffled(both, 2), 3, 3, 1)));

    Graph ordered = ChannelOrder.apply(graph);

    Outputs.assertClose(ordered, graph, ROUND_OFF);
    assertThat(ChannelSpaces.of(graph, Residual.PROJECT).compressible()).isEmpty();
    assertThat(ChannelSpaces.of(ordered, Residual.PROJECT).compressible())
        .extracting(Space::freedom)
        .containsExactly(Freedom.FREE, Freedom.FREE);
  }

  /** One reader sees a kernel's channels shuffled, the other does not: no order suits both. */
  @Test
  void aSharedKernelStaysOne() {
    Feature x = net.conv(net.input(), 6, 3, 1);
    String kernel = net.constant("shared", 0.5, 4, 6, 1, 1);
    Feature left = net.convShared(shuffled(x, 3), kernel, 4, 1);
    Graph graph = gathered(net.outputs(left, net.convShared(x, kernel, 4, 1)));

    assertThat(ChannelOrder.apply(graph)).isSameAs(graph);
    assertThat(ChannelSpaces.of(graph, Residual.PROJECT).compressible()).isEmpty();
  }

  /** Two readers see it shuffled alike: it is permuted for both at once. */
  @Test
  void aSharedKernelIsPermutedOnce() {
    Feature x = net.conv(net.input(), 2, 3, 1);
    Feature y = net.apply(new Relu(), net.conv(net.input(), 4, 3, 1));
    String kernel = net.constant("shared", 0.5, 4, 6, 1, 1);
    Feature both = shuffled(net.concat(x, y), 2);
    Feature pooled = shuffled(net.concat(x, net.apply(new Relu(), y)), 2);
    Graph graph =
        gathered(
            net.outputs(net.convShared(both, kernel, 4, 1), net.convShared(pooled, kernel, 4, 1)));

    Graph ordered = ChannelOrder.apply(graph);

    assertThat(ordered).isNotSameAs(graph);
    assertThat(ordered.constants()).hasSameSizeAs(graph.constants());
    Outputs.assertClose(ordered, graph, ROUND_OFF);
  }

  @Test
  void whatIsGivenToTheOutsideKeepsItsOrder() {
    Feature x = shuffled(net.conv(net.input(), 6, 3, 1), 2);
    Graph graph = gathered(net.outputs(net.conv(x, 3, 1, 1), x));

    assertThat(ChannelOrder.apply(graph)).isSameAs(graph);
  }

  /** A group reads the channels that the shuffle dealt to it, so groups become layers. */
  @Test
  void groupsBehindAShuffleAreTakenApart() {
    Feature x = shuffled(net.conv(net.input(), 8, 3, 1), 2);
    Graph graph = gathered(net.outputs(net.batchNorm(net.conv(x, 4, 3, 1, 2, true))));

    Graph ordered = ChannelOrder.apply(graph);

    Outputs.assertClose(ordered, graph, ROUND_OFF);
    assertThat(Cost.of(ordered)).isEqualTo(Cost.of(graph));
    assertThat(ChannelSpaces.of(ordered, Residual.PROJECT).compressible())
        .extracting(Space::width, Space::freedom)
        .containsExactly(tuple(4, Freedom.FREE), tuple(4, Freedom.FREE));
  }

  /** As ShuffleNet V1 has it: of three groups, whose sizes the next ones do not divide. */
  @Test
  void groupsOnBothSidesOfAShuffleAreTakenApart() {
    Feature in = net.conv(net.input(), 12, 1, 1);
    Feature x = shuffled(net.apply(new Relu(), net.conv(in, 15, 1, 1, 3, true)), 3);
    Feature y = net.add(in, net.conv(net.depthwise(x, 3, 1), 12, 1, 1, 3, true));
    Graph graph = gathered(net.outputs(net.conv(y, 5, 1, 1)));

    Graph ordered = ChannelOrder.apply(graph);

    Outputs.assertClose(ordered, graph, ROUND_OFF);
    assertThat(Cost.of(ordered)).isEqualTo(Cost.of(graph));
    assertThat(ChannelSpaces.of(ordered, Residual.PROJECT).compressible())
        .extracting(Space::width)
        .containsExactly(4, 4, 4, 2, 2, 1, 2, 1, 2, 1, 2, 2);
  }
}
