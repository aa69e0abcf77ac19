package dev.capstan.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.compress.Compression;
import dev.capstan.cost.Cost;
import dev.capstan.data.DataSplit;
import dev.capstan.data.ImageIoDecoder;
import dev.capstan.data.ImageStore;
import dev.capstan.data.ImageSubset;
import dev.capstan.data.shapes.ShapeImages;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.image.Preprocessing;
import dev.capstan.pipeline.input.SourceModel;
import dev.capstan.rank.RankGrid;
import dev.capstan.rank.Ranks;
import dev.capstan.rank.allocate.CompressibleNetwork;
import dev.capstan.rank.allocate.RankAllocation;
import dev.capstan.rank.allocate.UniformRanks;
import dev.capstan.recipe.Compute;
import dev.capstan.recipe.WorkListener;
import dev.capstan.recipe.stage.LearnRecipe;
import dev.capstan.space.Bases;
import dev.capstan.space.Basis;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Space;
import dev.capstan.torch.TorchSession;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo is hard enough that a bad compression shows. */
final class DemoTest {
  private static final TorchSession TORCH =
      new TorchSession(Compute.fp32(Runtime.getRuntime().availableProcessors()), WorkListener.NONE);

  @TempDir Path folder;
  private Graph graph;
  private CompressibleNetwork network;
  private ChannelSpaces spaces;
  private Ranks ranks;

  @BeforeEach
  void allocate() throws IOException {
    graph = SourceModel.read(DemoModel.writtenTo(folder.resolve("demo.onnx"))).folded();
    network = CompressibleNetwork.of(graph, graph, ChannelSpaces.Residual.KEEP);
    spaces = network.spaces();
    long macs = Cost.of(graph).macs();
    ranks = UniformRanks.allocate(spaces, network.costs(), RankGrid.DEFAULT, 0.5, macs);
  }

  @Test
  void droppingFiltersOfSmallNormLosesFifteenPointsMoreThanLearning() {
    double baseline = top1(Bases.NONE);
    double learned = top1(learned());
    double pruned = top1(byNorm());

    assertThat(baseline).isGreaterThan(80);
    assertThat(learned - pruned).isGreaterThanOrEqualTo(15);
  }

  private static ImageSubset images(long seed, int size) {
    return ImageSubset.all(
        new ImageStore(
            new ShapeImages(seed, size), new ImageIoDecoder(), Preprocessing.imageNet(32, 32)));
  }

  private double top1(Bases bases) {
    return TORCH.evaluate(Compression.apply(spaces, bases), images(3, 1000), "test").top1();
  }

  private Bases learned() {
    int count = 400;
    RankAllocation allocation = new RankAllocation(network, ranks, 0);
    return TORCH
        .learn(allocation, DataSplit.undivided(images(2, count)), LearnRecipe.standard(count, 1))
        .bases();
  }

  /** The filters of largest L1 norm in each space. */
  private Bases byNorm() {
    Map<String, Basis> bySpace = new LinkedHashMap<>();
    for (Space space : spaces.compressible()) {
      double[] norms = norms(space);
      int[] kept =
          IntStream.range(0, space.width())
              .boxed()
              .sorted(Comparator.comparingDouble(channel -> -norms[channel]))
              .limit(ranks.of(space))
              .mapToInt(channel -> channel)
              .sorted()
              .toArray();
      bySpace.put(space.name(), Basis.selection(space.width(), kept));
    }
    return new Bases(bySpace);
  }

  private double[] norms(Space space) {
    double[] norms = new double[space.width()];
    for (String producer : space.producers()) {
      Constant kernel = graph.constants().get(graph.node(producer).inputs().get(1));
      float[] weights = kernel.floats();
      for (int i = 0; i < weights.length; i++) {
        norms[i / (weights.length / norms.length)] += Math.abs(weights[i]);
      }
    }
    return norms;
  }
}
