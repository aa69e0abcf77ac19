package dev.capstan.bench;

import dev.capstan.cost.Cost;
import dev.capstan.cost.CostModel;
import dev.capstan.data.Dataset;
import dev.capstan.data.ImageIoDecoder;
import dev.capstan.data.ImageStore;
import dev.capstan.data.Order;
import dev.capstan.data.PerClass;
import dev.capstan.data.Preprocessing;
import dev.capstan.data.Split;
import dev.capstan.data.format.Datasets;
import dev.capstan.graph.Graph;
import dev.capstan.rank.RankGrid;
import dev.capstan.rank.Ranks;
import dev.capstan.rank.UniformRanks;
import dev.capstan.recipe.Compute;
import dev.capstan.recipe.LearnRecipe;
import dev.capstan.recipe.Learned;
import dev.capstan.recipe.WorkListener;
import dev.capstan.rewrite.FoldBatchNorm;
import dev.capstan.rewrite.Rewriter;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.torch.ProjectionLearning;
import dev.capstan.torch.TorchNetwork;
import dev.capstan.weights.WeightFile;
import dev.capstan.zoo.Zoo;
import java.nio.file.Path;
import java.util.List;

/**
 * What trials have in common: a network of the zoo, uniform ranks for a budget, and the CIFAR
 * training images, of which the last 500 of each class are held out to judge by (METHOD section 8).
 *
 * @param graph the network, folded
 * @param spaces its spaces, residual streams kept
 * @param ranks uniform ranks
 * @param store all training images
 */
record Trial(Graph graph, ChannelSpaces spaces, Ranks ranks, ImageStore store) {
  static final Compute COMPUTE = new Compute("fp32", Runtime.getRuntime().availableProcessors());

  private static final int HELD_OUT = 500;

  static Trial of(String architecture, String weights, String cifar, double keep) {
    Graph graph =
        Rewriter.apply(
            Zoo.build(architecture, WeightFile.read(Path.of(weights))), new FoldBatchNorm());
    Dataset train = Datasets.open(Path.of(cifar, "train"), Split.TRAIN, List.of());
    ChannelSpaces spaces = ChannelSpaces.of(graph, ChannelSpaces.Residual.KEEP);
    CostModel model = new CostModel(graph, spaces);
    Ranks ranks =
        UniformRanks.allocate(spaces, model, RankGrid.DEFAULT, keep, Cost.of(graph).macs());
    ImageStore store = new ImageStore(train, new ImageIoDecoder(), Preprocessing.imageNet(32, 32));
    return new Trial(graph, spaces, ranks, store);
  }

  /** The images that may be learned from. */
  int[] seen() {
    return PerClass.allButLast(store.dataset(), HELD_OUT);
  }

  Learned learn(LearnRecipe recipe) {
    return ProjectionLearning.learn(
        graph, spaces, ranks, store, seen(), recipe, COMPUTE, new Lines());
  }

  /** Share of the MACs that a compressed network has left. */
  double kept(Graph compressed) {
    return (double) Cost.of(compressed).macs() / Cost.of(graph).macs();
  }

  /** Accuracy on the images held out, in per cent. */
  double top1(Graph network) {
    Order held = Order.sequential(PerClass.last(store.dataset(), HELD_OUT));
    try (TorchNetwork runnable = new TorchNetwork(network, COMPUTE)) {
      return runnable.evaluate(store, held, 250, "held out", WorkListener.NONE).top1();
    }
  }

  /** Progress a line every hundred steps. */
  private static final class Lines implements WorkListener {
    @Override
    public void advance(long done, String figures) {
      if (done % 100 == 0) {
        System.err.println(done + " " + figures);
      }
    }
  }
}
