package dev.capstan.bench;

import dev.capstan.cost.Cost;
import dev.capstan.data.DataSplit;
import dev.capstan.data.Dataset;
import dev.capstan.data.ImageIoDecoder;
import dev.capstan.data.ImageStore;
import dev.capstan.data.ImageSubset;
import dev.capstan.data.PerClass;
import dev.capstan.data.Split;
import dev.capstan.data.format.Datasets;
import dev.capstan.graph.Graph;
import dev.capstan.image.Preprocessing;
import dev.capstan.rank.RankGrid;
import dev.capstan.rank.Ranks;
import dev.capstan.rank.allocate.CompressibleNetwork;
import dev.capstan.rank.allocate.RankAllocation;
import dev.capstan.rank.allocate.UniformRanks;
import dev.capstan.recipe.Compute;
import dev.capstan.recipe.WorkListener;
import dev.capstan.recipe.stage.LearnRecipe;
import dev.capstan.recipe.stage.Learned;
import dev.capstan.rewrite.FoldBatchNorm;
import dev.capstan.rewrite.Rewriter;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.torch.TorchSession;
import dev.capstan.weights.WeightFile;
import dev.capstan.zoo.Zoo;
import java.nio.file.Path;

/**
 * What trials have in common: a network of the zoo, uniform ranks for a budget, and the CIFAR
 * training images, of which the last 500 of each class are held out to judge by (docs/method.md,
 * section 8).
 *
 * @param allocation uniform ranks of the network, residual streams kept
 * @param store all training images
 */
record Trial(RankAllocation allocation, ImageStore store) {
  static final Compute COMPUTE = Compute.fp32(Runtime.getRuntime().availableProcessors());

  private static final int HELD_OUT = 500;

  static Trial of(String architecture, String weights, String cifar, double keep) {
    Graph trained = Zoo.build(architecture, WeightFile.read(Path.of(weights)));
    Graph graph = Rewriter.apply(trained, new FoldBatchNorm());
    Dataset train = Datasets.open(Path.of(cifar, "train"), Split.TRAIN);
    ImageStore store = new ImageStore(train, new ImageIoDecoder(), Preprocessing.imageNet(32, 32));
    return new Trial(uniform(graph, trained, keep), store);
  }

  /**
   * Uniform ranks for a share of the MACs, residual streams kept.
   *
   * @param trained the graph before BatchNorm was folded
   */
  static RankAllocation uniform(Graph graph, Graph trained, double keep) {
    CompressibleNetwork network = CompressibleNetwork.of(graph, trained, Residual.KEEP);
    Ranks ranks =
        UniformRanks.allocate(
            network.spaces(), network.costs(), RankGrid.DEFAULT, keep, Cost.of(graph).macs());
    return new RankAllocation(network, ranks, 0);
  }

  /** The channel spaces of the network. */
  ChannelSpaces spaces() {
    return allocation.spaces();
  }

  /** The images that may be learned from. */
  ImageSubset seen() {
    return ImageSubset.of(store, PerClass.allButLast(store.dataset(), HELD_OUT));
  }

  Learned learn(LearnRecipe recipe) {
    return new TorchSession(COMPUTE, new Lines(100))
        .learn(allocation, DataSplit.undivided(seen()), recipe);
  }

  /** Share of the MACs that a compressed network has left. */
  double kept(Graph compressed) {
    return (double) Cost.of(compressed).macs() / Cost.of(allocation.graph()).macs();
  }

  /** Accuracy on the images held out, in per cent. */
  double top1(Graph network) {
    ImageSubset held = ImageSubset.of(store, PerClass.last(store.dataset(), HELD_OUT));
    return new TorchSession(COMPUTE, WorkListener.NONE).evaluate(network, held, "held out").top1();
  }
}
