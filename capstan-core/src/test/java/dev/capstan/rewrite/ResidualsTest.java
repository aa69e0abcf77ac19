package dev.capstan.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.cost.Cost;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Operator;
import dev.capstan.graph.op.Conv;
import dev.capstan.graph.op.Pad;
import dev.capstan.graph.op.Slice;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.space.Freedom;
import dev.capstan.space.Space;
import dev.capstan.testing.Layers;
import dev.capstan.testing.Layers.Feature;
import dev.capstan.testing.Outputs;
import dev.capstan.testing.RandomGraphs;
import dev.capstan.zoo.Zoo;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Shortcuts of option A as convolutions. */
class ResidualsTest {
  /** ONNX Runtime fuses a convolution and a sum, which rounds differently. */
  private static final double ROUND_OFF = 1e-6;

  private final Layers net = new Layers("net", 1, Dim.open("N"), 3, 7);

  static LongStream seeds() {
    return RandomGraphs.seeds();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void computesTheSame(long seed) {
    Graph graph = RandomGraphs.of(seed);

    Outputs.assertClose(Residuals.project(graph), graph, ROUND_OFF);
  }

  @ParameterizedTest
  @ValueSource(strings = {"resnet20", "resnet56"})
  void oneFreeSpaceForTheStreamOfEachStage(String network) {
    Graph folded = Rewriter.apply(Zoo.random(network, 1), new FoldBatchNorm());

    ChannelSpaces spaces = ChannelSpaces.of(Residuals.project(folded), Residual.PROJECT);

    List<Space> streams = spaces.all().stream().filter(Space::stream).toList();
    assertThat(streams).extracting(Space::width).containsExactly(16, 32, 64);
    assertThat(streams).allMatch(space -> space.freedom() == Freedom.FREE);
    assertThat(streams).allMatch(Space::isCompressible);
  }

  /** The two shortcuts: 16 x 32 channels on 16 x 16 places, 32 x 64 on 8 x 8. */
  @Test
  void itsMultiplyAccumulatesCount() {
    Graph graph = Zoo.random("resnet20", 1);

    assertThat(Cost.of(Residuals.project(graph)).macs() - Cost.of(graph).macs())
        .isEqualTo(16 * 32 * 16 * 16 + 32 * 64 * 8 * 8);
  }

  private static Slice every(int step, long start, int... axes) {
    List<Integer> along = Arrays.stream(axes).boxed().toList();
    return new Slice(
        Collections.nCopies(axes.length, start),
        Collections.nCopies(axes.length, Long.MAX_VALUE),
        along,
        Collections.nCopies(axes.length, (long) step));
  }

  private static Pad pad(float value, Integer... pads) {
    return new Pad(Pad.Mode.CONSTANT, List.of(pads), value);
  }

  private long count(Graph graph, Class<? extends Operator> operator) {
    return graph.nodes().stream().filter(node -> operator.isInstance(node.operator())).count();
  }

  private Feature padded(Pad pad, Feature x, int channels) {
    return new Feature(net.apply(pad, x).name(), channels, x.side());
  }

  /** PyTorch exports {@code x[:, :, ::2, ::2]} as a slice an axis, whole ones among them. */
  @Test
  void slicesOfOneAxisEach() {
    Feature x = net.apply(every(1, 0, 0, 1), net.conv(net.input(), 4, 3, 1));
    Feature rows = net.apply(every(2, 0, 2), x, 4);
    Feature both = net.apply(every(2, 0, -1), rows, 4);
    Graph graph = net.outputs(net.conv(padded(pad(0, 0, 0, 0, 0, 0, 4, 0, 0), both, 8), 3, 1, 1));

    Graph projected = Residuals.project(graph);

    assertThat(count(projected, Slice.class)).isZero();
    assertThat(count(projected, Pad.class)).isZero();
    Outputs.assertClose(projected, graph, ROUND_OFF);
  }

  /** What else reads the sliced pixels, or begins at the second one, stays a slice. */
  @Test
  void otherSlicesStay() {
    Feature odd = net.apply(every(2, 1, 2, 3), net.conv(net.input(), 4, 3, 1), 3);
    Feature whole = net.apply(every(1, 0, 2), odd);
    Feature wide = padded(pad(0, 0, 1, 0, 0, 0, 1, 0, 0), whole, 6);
    Graph graph = net.outputs(net.conv(wide, 3, 1, 1), net.conv(whole, 3, 1, 1));

    Graph projected = Residuals.project(graph);

    assertThat(count(projected, Slice.class)).isEqualTo(2);
    assertThat(count(projected, Pad.class)).isZero();
    Outputs.assertClose(projected, graph, ROUND_OFF);
  }

  @Test
  void onlyZerosAroundChannelsBecomeAConvolution() {
    Feature x = net.conv(net.input(), 4, 3, 1);
    Feature ones = padded(pad(1, 0, 0, 0, 0, 0, 2, 0, 0), x, 6);
    Feature margin = net.apply(pad(0, 0, 0, 1, 1, 0, 0, 1, 1), x, 9);
    Feature cut = padded(pad(0, 0, -1, 0, 0, 0, 3, 0, 0), x, 6);
    Graph graph =
        net.outputs(net.conv(ones, 3, 1, 1), net.conv(margin, 3, 1, 1), net.conv(cut, 3, 1, 1));

    Graph projected = Residuals.project(graph);

    assertThat(count(projected, Pad.class)).isEqualTo(2);
    assertThat(count(projected, Conv.class)).isEqualTo(count(graph, Conv.class) + 1);
    Outputs.assertClose(projected, graph, ROUND_OFF);
  }
}
