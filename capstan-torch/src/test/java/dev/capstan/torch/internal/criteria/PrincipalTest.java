package dev.capstan.torch.internal.criteria;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.compress.Compression;
import dev.capstan.data.ImageIoDecoder;
import dev.capstan.data.ImageStore;
import dev.capstan.data.ImageSubset;
import dev.capstan.data.shapes.ShapeImages;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.image.Preprocessing;
import dev.capstan.rank.Ranks;
import dev.capstan.rank.allocate.CompressibleNetwork;
import dev.capstan.rank.allocate.RankAllocation;
import dev.capstan.recipe.Compute;
import dev.capstan.recipe.Method;
import dev.capstan.recipe.WorkListener;
import dev.capstan.recipe.stage.CalibrationRecipe;
import dev.capstan.space.Bases;
import dev.capstan.space.Basis;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.space.Space;
import dev.capstan.testing.Layers;
import dev.capstan.testing.Layers.Feature;
import dev.capstan.testing.OrtOracle;
import dev.capstan.torch.TorchNetwork;
import dev.capstan.torch.TorchSession;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Principal components where they lose nothing, and where they are not allowed. */
class PrincipalTest {
  private static final Compute COMPUTE = Compute.fp32(1);

  private static Bases choose(Method method, Graph graph, String space, int rank) {
    ImageStore store =
        new ImageStore(
            new ShapeImages(5, 12), new ImageIoDecoder(), Preprocessing.imageNet(32, 32));
    CompressibleNetwork network = CompressibleNetwork.of(graph, graph, Residual.KEEP);
    return new TorchSession(COMPUTE, WorkListener.NONE)
        .choose(
            method,
            new RankAllocation(network, new Ranks(Map.of(space, rank)), 0),
            ImageSubset.all(store),
            new CalibrationRecipe(12, 4, 1));
  }

  private static Layers layers() {
    return new Layers("principal", 9, Dim.open("N"), 3, 32);
  }

  /** Eight channels that are mixtures of three: the flatten has each at many places. */
  @Test
  void whatHasRankThreeIsNotChangedByThreeComponents() {
    Layers layers = layers();
    Feature mixed = layers.conv(layers.input(), 8, 3, 16, 1, false);
    Graph random = layers.outputs(layers.gemm(layers.flatten(mixed), 10));
    Space space = ChannelSpaces.of(random, Residual.KEEP).compressible().get(0);
    String weights = random.node(space.producers().get(0)).inputs().get(1);
    Constant filters = Objects.requireNonNull(random.constant(weights));
    Graph graph = random.edit().constant(weights, ofRankThree(filters)).build();

    Bases bases = choose(Method.PCA, graph, space.name(), 3);

    assertSame(graph, Compression.apply(ChannelSpaces.of(graph, Residual.KEEP), bases));
  }

  /** Filter c is {@code f_0 + c f_1 + c^2 f_2} of the first three, scaled. */
  private static Constant ofRankThree(Constant filters) {
    float[] values = filters.floats();
    int inner = values.length / filters.size(0);
    for (int c = 3; c < filters.size(0); c++) {
      for (int i = 0; i < inner; i++) {
        float mixed = values[i] + c * values[inner + i] + c * c * values[2 * inner + i];
        values[c * inner + i] = mixed / 20;
      }
    }
    return filters.withFloats(values, filters.sizes());
  }

  private static void assertSame(Graph before, Graph after) {
    long[] sizes = {4, 3, 32, 32};
    Map<String, Constant> images =
        Map.of("x", Constant.of(OrtOracle.Tensor.random(1, sizes).values(), sizes));
    String output = before.outputs().get(0).name();
    try (TorchNetwork left = new TorchNetwork(before, COMPUTE);
        TorchNetwork right = new TorchNetwork(after, COMPUTE)) {
      float[] expected = Objects.requireNonNull(left.run(images).get(output)).floats();
      float[] found = Objects.requireNonNull(right.run(images).get(output)).floats();
      assertThat(found).containsExactly(expected, Offset.offset(2e-4f));
    }
  }

  @Test
  void wherePrincipalComponentsMayNotMixTheEnergyChooses() {
    Layers layers = layers();
    Feature deep = layers.depthwise(layers.conv(layers.input(), 8, 3, 8), 3, 1);
    Graph graph = layers.outputs(layers.gemm(layers.flatten(deep), 10));
    String space = ChannelSpaces.of(graph, Residual.KEEP).compressible().get(0).name();

    Bases bases = choose(Method.PCA, graph, space, 3);

    assertThat(bases.bySpace().get(space)).isInstanceOf(Basis.Selection.class);
    assertThat(bases).isEqualTo(choose(Method.ACTIVATION, graph, space, 3));
  }
}
