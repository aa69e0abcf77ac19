package dev.capstan.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.capstan.compress.CompressedNetwork;
import dev.capstan.compress.Compression;
import dev.capstan.data.ImageIoDecoder;
import dev.capstan.data.ImageStore;
import dev.capstan.data.ImageSubset;
import dev.capstan.data.shapes.ShapeImages;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.op.Conv;
import dev.capstan.graph.op.Relu;
import dev.capstan.image.Preprocessing;
import dev.capstan.recipe.Compute;
import dev.capstan.recipe.WorkListener;
import dev.capstan.recipe.stage.CalibrationRecipe;
import dev.capstan.rewrite.FoldBatchNorm;
import dev.capstan.rewrite.RestoreBatchNorm.Statistics;
import dev.capstan.rewrite.Rewriter;
import dev.capstan.space.Bases;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.space.Space;
import dev.capstan.testing.Layers;
import dev.capstan.testing.Layers.Feature;
import dev.capstan.testing.OrtOracle;
import dev.capstan.testing.RandomBases;
import dev.capstan.torch.internal.distributed.Summation;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.statistics.ChannelMoments;
import dev.capstan.torch.internal.tensor.Precision;
import dev.capstan.zoo.Zoo;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Statistics after compression, on a small residual network and drawn images. */
class BatchNormReestimationTest {
  private static final Graph GRAPH =
      Rewriter.apply(Zoo.randomCifarResNet(1, List.of(8, 16), 10, 3), new FoldBatchNorm());
  private static final ChannelSpaces SPACES = ChannelSpaces.of(GRAPH, Residual.KEEP);
  private static final Compute COMPUTE = Compute.fp32(1);
  private static final int IMAGES = 48;
  private static final ImageSubset ALL =
      ImageSubset.all(
          new ImageStore(
              new ShapeImages(5, IMAGES), new ImageIoDecoder(), Preprocessing.imageNet(32, 32)));

  private static Graph reestimated(Graph graph) {
    return reestimated(new CompressedNetwork(SPACES, Bases.NONE, graph), 16);
  }

  private static Graph reestimated(CompressedNetwork network, int batch) {
    return new TorchSession(COMPUTE, WorkListener.NONE)
        .reestimate(network, ALL, new CalibrationRecipe(IMAGES, batch, 2));
  }

  @Test
  void nothingChangesAtFullRank() {
    assertThat(outputs(reestimated(GRAPH))).containsExactly(outputs(GRAPH), Offset.offset(1e-4f));
  }

  @Test
  void scaledAndShiftedChannelsComeBack() {
    Graph spoilt = spoilt();

    assertThat(distance(outputs(spoilt), outputs(GRAPH))).isGreaterThan(1);
    assertThat(distance(outputs(reestimated(spoilt)), outputs(GRAPH))).isLessThan(1e-2);
  }

  /** Every Conv's outputs scaled and shifted, channel by channel. */
  private static Graph spoilt() {
    SplittableRandom random = new SplittableRandom(3);
    Graph.Builder builder = GRAPH.edit();
    for (Node node : GRAPH.nodes()) {
      if (node.operator() instanceof Conv) {
        Constant weights = Objects.requireNonNull(GRAPH.constant(node.inputs().get(1)));
        Constant biases = Objects.requireNonNull(GRAPH.constant(node.inputs().get(2)));
        float[] filters = weights.floats();
        float[] bias = biases.floats();
        int inner = filters.length / bias.length;
        for (int c = 0; c < bias.length; c++) {
          float factor = (float) random.nextDouble(0.5, 2);
          for (int i = c * inner; i < (c + 1) * inner; i++) {
            filters[i] *= factor;
          }
          bias[c] = bias[c] * factor + (float) random.nextDouble(-1, 1);
        }
        builder
            .constant(node.inputs().get(1), weights.withFloats(filters, weights.sizes()))
            .constant(node.inputs().get(2), biases.withFloats(bias, biases.sizes()));
      }
    }
    return builder.build();
  }

  @Test
  void selectedChannelsGetTheStatisticsTheyHad() {
    assertStatistics(SPACES, RandomBases.selection(SPACES, 4));
  }

  @Test
  void projectedChannelsGetTheStatisticsOfTheProjection() {
    assertStatistics(SPACES, RandomBases.orthonormal(SPACES, 4));
  }

  /** A convolution writes four channels for each of its space. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void channelsThatBecomePixelsDoSoToo(boolean columnRow) {
    Layers net = new Layers("net", 1, Dim.open("N"), 3, 32);
    Feature wide = net.conv(net.conv(net.input(), 6, 3, 4), 24, 3, 1);
    Graph graph = net.outputs(net.conv(net.depthToSpace(wide, columnRow), 3, 3, 1));
    ChannelSpaces spaces = ChannelSpaces.of(graph, Residual.KEEP);

    assertStatistics(spaces, RandomBases.orthonormal(spaces, 4));
  }

  @Test
  void partsOfAConvGetTheStatisticsOfTheirOwnProjections() {
    Layers net = new Layers("parts", 1, Dim.open("N"), 3, 32);
    Feature whole = net.conv(net.input(), 12, 3, 2);
    List<Feature> parts = net.split(whole, 8, 4);
    Graph graph =
        net.outputs(
            net.conv(net.apply(new Relu(), parts.get(0)), 6, 3, 1),
            net.conv(net.apply(new Relu(), parts.get(1)), 6, 3, 1));
    ChannelSpaces spaces = ChannelSpaces.of(graph, Residual.KEEP);

    assertThat(spaces.compressible())
        .hasSize(2)
        .allMatch(space -> space.producers().equals(List.of(whole.name())));
    assertStatistics(spaces, RandomBases.orthonormal(spaces, 4));
  }

  /** In one batch, so that its statistics are those of all images. */
  private static void assertStatistics(ChannelSpaces spaces, Bases bases) {
    Graph graph = spaces.graph();
    Map<String, Statistics> found =
        statistics(reestimated(CompressedNetwork.of(spaces, bases), IMAGES));
    for (Node node : graph.nodes()) {
      if (node.operator() instanceof Conv) {
        Map<String, Statistics> target =
            statistics(Compression.apply(spaces, written(node, spaces, bases)));
        assertSame(
            node.name(),
            Objects.requireNonNull(found.get(node.output())),
            Objects.requireNonNull(target.get(node.output())));
      }
    }
  }

  /** Where nothing else is compressed, a producer gives {@code E^T y} of the original's y. */
  private static Bases written(Node node, ChannelSpaces spaces, Bases bases) {
    return new Bases(
        spaces.compressible().stream()
            .filter(space -> space.producers().contains(node.name()))
            .collect(Collectors.toMap(Space::name, bases::of)));
  }

  private static void assertSame(String node, Statistics found, Statistics target) {
    for (int c = 0; c < target.mean().length; c++) {
      double deviation = Math.sqrt(target.variance()[c]);
      assertThat(found.mean()[c]).as(node).isCloseTo(target.mean()[c], within(0.01 * deviation));
      assertThat(Math.sqrt(found.variance()[c])).isCloseTo(deviation, within(0.01 * deviation));
    }
  }

  private static Map<String, Statistics> statistics(Graph graph) {
    Summation alone = Summation.alone(new Execution(Precision.FP32, 1), WorkListener.NONE);
    return ChannelMoments.of(graph, ALL, IMAGES, alone);
  }

  private static float[] outputs(Graph graph) {
    long[] sizes = {4, 3, 32, 32};
    String input = graph.inputs().get(0).name();
    Constant images = Constant.of(OrtOracle.Tensor.random(1, sizes).values(), sizes);
    try (TorchNetwork network = new TorchNetwork(graph, COMPUTE)) {
      String output = graph.outputs().get(0).name();
      return Objects.requireNonNull(network.run(Map.of(input, images)).get(output)).floats();
    }
  }

  private static double distance(float[] a, float[] b) {
    return IntStream.range(0, a.length).mapToDouble(i -> Math.abs(a[i] - b[i])).max().orElse(0);
  }
}
