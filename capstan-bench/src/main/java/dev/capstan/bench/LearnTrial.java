package dev.capstan.bench;

import dev.capstan.compress.Compression;
import dev.capstan.cost.Cost;
import dev.capstan.cost.CostModel;
import dev.capstan.data.Dataset;
import dev.capstan.data.Datasets;
import dev.capstan.data.ImageIoDecoder;
import dev.capstan.data.ImageStore;
import dev.capstan.data.Order;
import dev.capstan.data.PerClass;
import dev.capstan.data.Preprocessing;
import dev.capstan.data.Split;
import dev.capstan.graph.Graph;
import dev.capstan.rank.RankGrid;
import dev.capstan.rank.Ranks;
import dev.capstan.rank.UniformRanks;
import dev.capstan.recipe.BasisForm;
import dev.capstan.recipe.Compute;
import dev.capstan.recipe.LearnRecipe;
import dev.capstan.recipe.WorkListener;
import dev.capstan.rewrite.FoldBatchNorm;
import dev.capstan.rewrite.Rewriter;
import dev.capstan.space.Bases;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.torch.ProjectionLearning;
import dev.capstan.torch.TorchNetwork;
import dev.capstan.weights.WeightFile;
import dev.capstan.zoo.Zoo;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * One trial of a learning recipe, judged on the 500 held-out training images of each class (METHOD
 * section 8): {@code LearnTrial ARCH WEIGHTS CIFAR-FOLDER KEEP IMAGES BATCH RATE TASK-SHARE
 * TASK-WEIGHT TASK-RATE SEED FORM}. A line a trial goes to {@code docs/experiments.md}.
 */
public final class LearnTrial {
  private static final int HELD_OUT = 500;

  private LearnTrial() {}

  /** Runs the trial and prints its line. */
  public static void main(String[] args) {
    Graph graph =
        Rewriter.apply(Zoo.build(args[0], WeightFile.read(Path.of(args[1]))), new FoldBatchNorm());
    Dataset train = Datasets.open(Path.of(args[2], "train"), Split.TRAIN, List.of());
    ImageStore store = new ImageStore(train, new ImageIoDecoder(), Preprocessing.imageNet(32, 32));
    double keep = Double.parseDouble(args[3]);
    LearnRecipe recipe =
        new LearnRecipe(
            BasisForm.valueOf(args[11].toUpperCase(Locale.ROOT)),
            Integer.parseInt(args[4]),
            Integer.parseInt(args[5]),
            Double.parseDouble(args[6]),
            Double.parseDouble(args[7]),
            Double.parseDouble(args[8]),
            Double.parseDouble(args[9]),
            Long.parseLong(args[10]));
    ChannelSpaces spaces = ChannelSpaces.of(graph, ChannelSpaces.Residual.KEEP);
    long macs = Cost.of(graph).macs();
    Ranks ranks =
        UniformRanks.allocate(spaces, new CostModel(graph, spaces), RankGrid.DEFAULT, keep, macs);
    Compute compute = new Compute("fp32", Runtime.getRuntime().availableProcessors());
    long began = System.nanoTime();
    var result =
        ProjectionLearning.learn(
            graph,
            spaces,
            ranks,
            store,
            PerClass.allButLast(train, HELD_OUT),
            recipe,
            compute,
            new Lines());
    double seconds = (System.nanoTime() - began) * 1e-9;
    Graph compressed = Compression.apply(graph, spaces, result.bases());
    int[] held = PerClass.last(train, HELD_OUT);
    System.out.printf(
        Locale.ROOT,
        "%s %s keep %.3f (%.4f) images %d rate %s task %s x %s at %s seed %d: start %.2f learned"
            + " %.2f (%.0f s)%n",
        args[0],
        args[11],
        keep,
        (double) Cost.of(compressed).macs() / macs,
        recipe.images(),
        args[6],
        args[8],
        args[7],
        args[9],
        recipe.seed(),
        top1(graph, spaces, result.start(), store, held, compute),
        top1(graph, spaces, result.bases(), store, held, compute),
        seconds);
  }

  private static double top1(
      Graph graph,
      ChannelSpaces spaces,
      Bases bases,
      ImageStore store,
      int[] held,
      Compute compute) {
    try (TorchNetwork network =
        new TorchNetwork(Compression.apply(graph, spaces, bases), compute)) {
      return network
          .evaluate(store, Order.sequential(held), 250, "held out", WorkListener.NONE)
          .top1();
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
