package dev.capstan.torch.internal.train;

import dev.capstan.data.DataSplit;
import dev.capstan.data.ImageStore;
import dev.capstan.data.ImageSubset;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Graph;
import dev.capstan.recipe.Compute;
import dev.capstan.recipe.TrainRecipe.Optimizer;
import dev.capstan.recipe.stage.Training;
import dev.capstan.rewrite.FoldBatchNorm;
import dev.capstan.rewrite.RestoreBatchNorm;
import dev.capstan.rewrite.Rewriter;
import dev.capstan.torch.internal.distributed.Exchange;
import dev.capstan.torch.internal.distributed.Parcel;
import dev.capstan.torch.internal.distributed.ProcessGroup;
import dev.capstan.torch.internal.distributed.Summation;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.loss.LabelCheck;
import dev.capstan.torch.internal.statistics.ChannelMoments;
import org.jspecify.annotations.Nullable;

/**
 * Trains all weights of a network (docs/method.md, section 6.4). The result is the network after
 * the last epoch, or the best one of the way if that is worse than the start on images held out;
 * its nodes and values have the names that were given.
 *
 * <p>A run with a checkpoint goes on from it, if the file is there, and gives the same bits as one
 * that was never stopped; it writes it now and then, at the end, and when the listener throws.
 */
public final class FineTuning {
  /** What the steps of a training are called that other processes take their part in. */
  public static final String WORK = "training";

  /** Images that BatchNorm's first statistics, and features, are measured on, at most. */
  private static final int CALIBRATION = 1024;

  /** The same where statistics stay as they are: then they say no more than a size. */
  private static final int FEW = 64;

  private final ImageSubset images;
  private final DataSplit split;
  private final Training training;
  private final Compute compute;
  private final Summation summation;
  private final Exchange exchange;

  /**
   * A training.
   *
   * @param split the images to learn from, labelled or, with a teacher, not, and those that the
   *     course is watched on
   * @param summation of what it begins with; its execution is that of the compute
   * @param exchange with the processes that take their part in the steps ({@link #follow})
   */
  public FineTuning(
      DataSplit split, Training training, Compute compute, Summation summation, Exchange exchange) {
    this.exchange = exchange;
    this.split = split;
    this.images = split.seen();
    this.training = training;
    this.compute = compute;
    this.summation = summation;
  }

  /**
   * Trains a network to give a teacher's outputs and last feature map, and the labels where there
   * are any. A Conv without BatchNorm has one for the time of training; BatchNormalization nodes
   * stay, with new statistics.
   *
   * @param graph the network, compressed or not, its batch open
   * @param teacher the network that it is compared with, best folded: it runs on every batch; null
   *     to learn from labels alone
   * @throws InvalidInputException if there are neither labels nor a teacher, if they do not fit the
   *     outputs, or the checkpoint is another run's
   */
  public Graph run(Graph graph, @Nullable Graph teacher) {
    check(graph, teacher);
    Graph restored = restored(graph);
    Teacher taught = teacher == null ? null : new Teacher(teacher, Execution.ofTargets(compute));
    TrainingLoop loop =
        new TrainingLoop(split, training, summation.execution(), summation.listener(), exchange);
    try (Features features = features(restored, taught)) {
      Graph trained = loop.train(restored, taught, features);
      return trained == null ? graph : Rewriter.apply(trained, FoldBatchNorm.allBut(graph));
    }
  }

  /** Takes this process's part in the steps of a training that another one leads. */
  public static void follow(Parcel parcel, ImageStore store, Compute compute, ProcessGroup group) {
    TrainingLoop.follow(parcel, store, compute, group);
  }

  private void check(Graph graph, @Nullable Graph teacher) {
    if (teacher == null && !images.isLabelled()) {
      throw new InvalidInputException(
          "training needs labels, the images have none: give a folder of classes, or a teacher");
    }
    if (images.isEmpty()) {
      throw new InvalidInputException("no images to train on");
    }
    LabelCheck.images(graph, images.dataset());
    if (teacher != null) {
      LabelCheck.teacher(graph, teacher);
    }
  }

  private Graph restored(Graph graph) {
    if (graph.nodes().stream().noneMatch(node -> RestoreBatchNorm.fits(graph, node))) {
      return graph;
    }
    return Rewriter.apply(
        graph, new RestoreBatchNorm(ChannelMoments.of(graph, calibration(), batch(), summation)));
  }

  private @Nullable Features features(Graph graph, @Nullable Teacher teacher) {
    return teacher == null || training.recipe().loss().features() == 0
        ? null
        : Features.of(graph, teacher, calibration(), batch(), summation);
  }

  private ImageSubset calibration() {
    boolean stay = training.recipe().schedule().optimizer() == Optimizer.ADAM;
    return images.sample(stay ? FEW : CALIBRATION, training.recipe().seed());
  }

  private int batch() {
    return training.recipe().schedule().batch();
  }
}
