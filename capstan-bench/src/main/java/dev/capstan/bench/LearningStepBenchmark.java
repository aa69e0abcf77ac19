package dev.capstan.bench;

import dev.capstan.cost.Cost;
import dev.capstan.cost.CostModel;
import dev.capstan.graph.Graph;
import dev.capstan.rank.RankGrid;
import dev.capstan.rank.Ranks;
import dev.capstan.rank.allocate.UniformRanks;
import dev.capstan.recipe.Compute;
import dev.capstan.recipe.Compute.Precision;
import dev.capstan.rewrite.FoldBatchNorm;
import dev.capstan.rewrite.Rewriter;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.zoo.Zoo;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Compares a learning step with the forward pass of the original plus forward and backward of the
 * compressed network: batch 64, a quarter of the MACs kept, in turns in one process.
 *
 * <p>Arguments: precision (fp32), rounds (30), networks (resnet20 vgg16-bn-cifar).
 */
public final class LearningStepBenchmark {
  private static final int BATCH = 64;
  private static final double KEEP_MACS = 0.25;

  private LearningStepBenchmark() {}

  /** Runs the comparison. */
  public static void main(String[] args) {
    String precision = args.length > 0 ? args[0] : "fp32";
    int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 30;
    List<String> networks =
        args.length > 2
            ? List.of(args).subList(2, args.length)
            : List.of("resnet20", "vgg16-bn-cifar");
    Compute compute =
        new Compute(
            Precision.valueOf(precision.toUpperCase(Locale.ROOT)),
            Runtime.getRuntime().availableProcessors());
    networks.forEach(network -> print(network, measure(network, compute, rounds)));
  }

  private static LearningCost measure(String network, Compute compute, int rounds) {
    Graph graph = Rewriter.apply(Zoo.random(network, 1), new FoldBatchNorm());
    ChannelSpaces spaces = ChannelSpaces.of(graph, ChannelSpaces.Residual.KEEP);
    Ranks ranks =
        UniformRanks.allocate(
            spaces, new CostModel(spaces), RankGrid.DEFAULT, KEEP_MACS, Cost.of(graph).macs());
    SplittableRandom random = new SplittableRandom(1);
    float[] pixels = new float[BATCH * 3 * 32 * 32];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextGaussian();
    }
    return LearningCost.measure(
        spaces, ranks, compute, pixels, new long[] {BATCH, 3, 32, 32}, rounds);
  }

  private static void print(String network, LearningCost cost) {
    System.out.printf(
        Locale.ROOT,
        "%s: original forward %.1f ms, compressed forward and backward %.1f ms, learning step"
            + " %.1f ms, ratio %.2f; resident %.1f MB, then %.1f MB%n",
        network,
        1e3 * cost.originalForward(),
        1e3 * cost.compressedForwardBackward(),
        1e3 * cost.learningStep(),
        cost.ratio(),
        1e-6 * cost.residentBefore(),
        1e-6 * cost.residentAfter());
  }
}
