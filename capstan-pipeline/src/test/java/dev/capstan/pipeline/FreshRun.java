package dev.capstan.pipeline;

import dev.capstan.compress.Compression;
import dev.capstan.cost.Cost;
import dev.capstan.cost.CostModel;
import dev.capstan.data.ImageIoDecoder;
import dev.capstan.data.ImageStore;
import dev.capstan.data.Preprocessing;
import dev.capstan.data.shapes.ShapeImages;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.rank.RankGrid;
import dev.capstan.rank.Ranks;
import dev.capstan.rank.UniformRanks;
import dev.capstan.recipe.Compute;
import dev.capstan.recipe.LearnRecipe;
import dev.capstan.recipe.TrainRecipe;
import dev.capstan.recipe.WorkListener;
import dev.capstan.rewrite.FoldBatchNorm;
import dev.capstan.rewrite.Rewriter;
import dev.capstan.space.Bases;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.torch.ProjectionLearning;
import dev.capstan.torch.Training;
import dev.capstan.zoo.Zoo;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A process of its own that learns, compresses and fine-tunes on all threads, and prints the
 * SHA-256 over all initialisers after projection, then after fine-tuning: {@code FreshRun SEED}.
 */
final class FreshRun {
  /** Learning steps. */
  static final int STEPS = 200;

  private static final int BATCH = 8;
  private static final int IMAGES = 128;

  private FreshRun() {}

  /** Runs and prints. */
  public static void main(String[] args) throws GeneralSecurityException {
    long seed = Long.parseLong(args[0]);
    Graph graph =
        Rewriter.apply(Zoo.randomCifarResNet(1, List.of(8, 16), 10, 1), new FoldBatchNorm());
    ImageStore images =
        new ImageStore(
            new ShapeImages(4, IMAGES), new ImageIoDecoder(), Preprocessing.imageNet(32, 32));
    ChannelSpaces spaces = ChannelSpaces.of(graph, ChannelSpaces.Residual.KEEP);
    Graph projected = Compression.apply(graph, spaces, learned(graph, spaces, images, seed));
    Graph tuned =
        Training.fineTune(
            projected,
            graph,
            images,
            all(),
            TrainRecipe.fineTuning(2, seed),
            Compute.automatic(),
            null,
            WorkListener.NONE);
    System.out.println(hash(projected));
    System.out.println(hash(tuned));
  }

  private static Bases learned(Graph graph, ChannelSpaces spaces, ImageStore images, long seed) {
    long macs = Cost.of(graph).macs();
    Ranks ranks =
        UniformRanks.allocate(spaces, new CostModel(graph, spaces), RankGrid.DEFAULT, 0.5, macs);
    LearnRecipe recipe = LearnRecipe.standard(STEPS * BATCH, seed).withBatch(BATCH);
    return ProjectionLearning.learn(
            graph, spaces, ranks, images, all(), recipe, Compute.automatic(), WorkListener.NONE)
        .bases();
  }

  private static int[] all() {
    return IntStream.range(0, IMAGES).toArray();
  }

  private static String hash(Graph graph) throws GeneralSecurityException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    for (Map.Entry<String, Constant> constant : graph.constants().entrySet()) {
      digest.update(constant.getKey().getBytes(StandardCharsets.UTF_8));
      digest.update(constant.getValue().bytes());
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
