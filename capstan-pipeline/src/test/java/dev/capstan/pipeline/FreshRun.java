package dev.capstan.pipeline;

import dev.capstan.compress.Compression;
import dev.capstan.cost.Cost;
import dev.capstan.data.DataSplit;
import dev.capstan.data.ImageIoDecoder;
import dev.capstan.data.ImageStore;
import dev.capstan.data.ImageSubset;
import dev.capstan.data.shapes.ShapeImages;
import dev.capstan.graph.Graph;
import dev.capstan.image.Preprocessing;
import dev.capstan.rank.RankGrid;
import dev.capstan.rank.Ranks;
import dev.capstan.rank.allocate.CompressibleNetwork;
import dev.capstan.rank.allocate.RankAllocation;
import dev.capstan.rank.allocate.UniformRanks;
import dev.capstan.recipe.Compute;
import dev.capstan.recipe.TrainRecipe;
import dev.capstan.recipe.WorkListener;
import dev.capstan.recipe.stage.LearnRecipe;
import dev.capstan.recipe.stage.Training;
import dev.capstan.rewrite.FoldBatchNorm;
import dev.capstan.rewrite.Rewriter;
import dev.capstan.space.Bases;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.torch.TorchSession;
import dev.capstan.weights.TensorHash;
import dev.capstan.zoo.Zoo;
import java.util.List;

/**
 * A process of its own that learns, compresses and fine-tunes on all threads, and prints the
 * SHA-256 over all initialisers after projection, then after fine-tuning: {@code FreshRun SEED}.
 */
final class FreshRun {
  /** Learning steps. */
  static final int STEPS = 20;

  private static final int BATCH = 8;
  private static final int IMAGES = 64;

  private FreshRun() {}

  /** Runs and prints. */
  public static void main(String[] args) {
    long seed = Long.parseLong(args[0]);
    Graph graph =
        Rewriter.apply(Zoo.randomCifarResNet(1, List.of(8, 16), 10, 1), new FoldBatchNorm());
    ImageSubset images =
        ImageSubset.all(
            new ImageStore(
                new ShapeImages(4, IMAGES), new ImageIoDecoder(), Preprocessing.imageNet(32, 32)));
    CompressibleNetwork network = CompressibleNetwork.of(graph, graph, Residual.KEEP);
    TorchSession session = new TorchSession(Compute.automatic(), WorkListener.NONE);
    LearnRecipe recipe = LearnRecipe.standard(STEPS * BATCH, seed).withBatch(BATCH);
    Bases bases = session.learn(allocation(network), DataSplit.undivided(images), recipe).bases();
    Graph projected = Compression.apply(network.spaces(), bases);
    Training training = new Training(TrainRecipe.fineTuning(1, seed), null);
    Graph tuned = session.fineTune(projected, graph, DataSplit.undivided(images), training);
    System.out.println(TensorHash.of(projected.constants()));
    System.out.println(TensorHash.of(tuned.constants()));
  }

  private static RankAllocation allocation(CompressibleNetwork network) {
    long macs = Cost.of(network.graph()).macs();
    Ranks ranks =
        UniformRanks.allocate(network.spaces(), network.costs(), RankGrid.DEFAULT, 0.5, macs);
    return new RankAllocation(network, ranks, 0);
  }
}
