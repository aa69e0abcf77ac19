package dev.capstan.bench;

import dev.capstan.compress.Compression;
import dev.capstan.cost.Cost;
import dev.capstan.data.DataSplit;
import dev.capstan.data.ImageIoDecoder;
import dev.capstan.data.ImageStore;
import dev.capstan.data.ImageSubset;
import dev.capstan.data.shapes.ShapeImages;
import dev.capstan.graph.Graph;
import dev.capstan.image.Preprocessing;
import dev.capstan.onnx.OnnxReader;
import dev.capstan.onnx.OnnxWriter;
import dev.capstan.rank.allocate.RankAllocation;
import dev.capstan.recipe.Compute;
import dev.capstan.recipe.TrainRecipe;
import dev.capstan.recipe.WorkListener;
import dev.capstan.recipe.stage.LearnRecipe;
import dev.capstan.recipe.stage.Learned;
import dev.capstan.recipe.stage.Training;
import dev.capstan.rewrite.FoldBatchNorm;
import dev.capstan.rewrite.Rewriter;
import dev.capstan.torch.TorchSession;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * How well channels are selected in a depthwise network: {@code SelectionTrial MODEL.onnx KEEP
 * IMAGES SEED}. The network is trained on drawn images where the file is missing. A line a trial
 * goes to {@code docs/experiments.md}.
 */
public final class SelectionTrial {
  private static final TorchSession SESSION = new TorchSession(Compute.fp32(1), WorkListener.NONE);
  private static final ImageSubset TRAIN = images(1001, 10_000);
  private static final ImageSubset TEST = images(2002, 3_000);
  private static final int EPOCHS = 8;

  private SelectionTrial() {}

  /** Runs the trial and prints its line. */
  public static void main(String[] args) {
    Path file = Path.of(args[0]);
    if (!Files.exists(file)) {
      OnnxWriter.write(train(), file);
    }
    Graph trained = OnnxReader.read(file);
    Graph graph = Rewriter.apply(trained, new FoldBatchNorm());
    double keep = Double.parseDouble(args[1]);
    LearnRecipe recipe = LearnRecipe.standard(Integer.parseInt(args[2]), Long.parseLong(args[3]));
    RankAllocation allocation = Trial.uniform(graph, trained, keep);
    Learned learned = SESSION.learn(allocation, DataSplit.undivided(TRAIN), recipe);
    Graph start = Compression.apply(allocation.spaces(), learned.start());
    Graph end = Compression.apply(allocation.spaces(), learned.bases());
    System.out.printf(
        Locale.ROOT,
        "keep %.2f (%.4f) images %d (%d) seed %d: baseline %.2f start %.2f learned %.2f%n",
        keep,
        (double) Cost.of(end).macs() / Cost.of(graph).macs(),
        recipe.images(),
        learned.imagesSeen(),
        recipe.seed(),
        top1(graph),
        top1(start),
        top1(end));
  }

  private static Graph train() {
    TrainRecipe recipe = TrainRecipe.fromScratch(EPOCHS, 1).withSteps(64, 0.1);
    return SESSION.fineTune(
        DepthwiseNetwork.random(1), null, DataSplit.undivided(TRAIN), new Training(recipe, null));
  }

  private static double top1(Graph graph) {
    return SESSION.evaluate(graph, TEST, "evaluate").top1();
  }

  private static ImageSubset images(long seed, int size) {
    return ImageSubset.all(
        new ImageStore(
            new ShapeImages(seed, size), new ImageIoDecoder(), Preprocessing.imageNet(32, 32)));
  }
}
