package dev.capstan.bench;

import dev.capstan.compress.Compression;
import dev.capstan.cost.Cost;
import dev.capstan.cost.CostModel;
import dev.capstan.data.ImageIoDecoder;
import dev.capstan.data.ImageStore;
import dev.capstan.data.Preprocessing;
import dev.capstan.data.shapes.ShapeImages;
import dev.capstan.graph.Graph;
import dev.capstan.onnx.OnnxReader;
import dev.capstan.onnx.OnnxWriter;
import dev.capstan.rank.RankGrid;
import dev.capstan.rank.Ranks;
import dev.capstan.rank.UniformRanks;
import dev.capstan.recipe.Compute;
import dev.capstan.recipe.LearnRecipe;
import dev.capstan.recipe.Learned;
import dev.capstan.recipe.TrainRecipe;
import dev.capstan.recipe.WorkListener;
import dev.capstan.rewrite.FoldBatchNorm;
import dev.capstan.rewrite.Rewriter;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.torch.ProjectionLearning;
import dev.capstan.torch.TorchNetwork;
import dev.capstan.torch.Training;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * How well channels are selected in a depthwise network: {@code SelectionTrial MODEL.onnx KEEP
 * IMAGES SEED}. The network is trained on drawn images where the file is missing. A line a trial
 * goes to {@code docs/experiments.md}.
 */
public final class SelectionTrial {
  private static final Compute COMPUTE = new Compute("fp32", 1);
  private static final int TRAIN_IMAGES = 10_000;
  private static final ImageStore TRAIN = store(1001, TRAIN_IMAGES);
  private static final ImageStore TEST = store(2002, 3_000);
  private static final int EPOCHS = 8;

  private SelectionTrial() {}

  /** Runs the trial and prints its line. */
  public static void main(String[] args) {
    Path file = Path.of(args[0]);
    if (!Files.exists(file)) {
      OnnxWriter.write(train(), file);
    }
    Graph graph = Rewriter.apply(OnnxReader.read(file), new FoldBatchNorm());
    double keep = Double.parseDouble(args[1]);
    LearnRecipe recipe = LearnRecipe.standard(Integer.parseInt(args[2]), Long.parseLong(args[3]));
    Learned learned = learn(graph, keep, recipe);
    ChannelSpaces spaces = spaces(graph);
    Graph start = Compression.apply(graph, spaces, learned.start());
    Graph end = Compression.apply(graph, spaces, learned.bases());
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

  private static Learned learn(Graph graph, double keep, LearnRecipe recipe) {
    ChannelSpaces spaces = spaces(graph);
    CostModel model = new CostModel(graph, spaces);
    Ranks ranks =
        UniformRanks.allocate(spaces, model, RankGrid.DEFAULT, keep, Cost.of(graph).macs());
    return ProjectionLearning.learn(
        graph, spaces, ranks, TRAIN, all(), recipe, COMPUTE, WorkListener.NONE);
  }

  private static ChannelSpaces spaces(Graph graph) {
    return ChannelSpaces.of(graph, ChannelSpaces.Residual.KEEP);
  }

  private static Graph train() {
    TrainRecipe recipe = TrainRecipe.fromScratch(EPOCHS, 1).withSteps(64, 0.1);
    return Training.train(
        DepthwiseNetwork.random(1), TRAIN, all(), recipe, COMPUTE, null, WorkListener.NONE);
  }

  private static double top1(Graph graph) {
    try (TorchNetwork network = new TorchNetwork(graph, COMPUTE)) {
      return network.evaluate(TEST, 250, WorkListener.NONE).top1();
    }
  }

  private static int[] all() {
    return IntStream.range(0, TRAIN_IMAGES).toArray();
  }

  private static ImageStore store(long seed, int size) {
    return new ImageStore(
        new ShapeImages(seed, size), new ImageIoDecoder(), Preprocessing.imageNet(32, 32));
  }
}
