package dev.capstan.torch;

import dev.capstan.data.Augmentation;
import dev.capstan.data.Batches;
import dev.capstan.data.ImageStore;
import dev.capstan.data.Order;
import dev.capstan.graph.Graph;
import dev.capstan.graph.InvalidInputException;
import dev.capstan.graph.Node;
import dev.capstan.recipe.Compute;
import dev.capstan.recipe.TrainRecipe;
import dev.capstan.recipe.WorkListener;
import dev.capstan.rewrite.FoldBatchNorm;
import dev.capstan.rewrite.RestoreBatchNorm;
import dev.capstan.rewrite.Rewriter;
import dev.capstan.rewrite.Rule;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.tensor.Precision;
import dev.capstan.torch.internal.train.ChannelMoments;
import dev.capstan.torch.internal.train.Features;
import dev.capstan.torch.internal.train.Teacher;
import dev.capstan.torch.internal.train.TrainingLoop;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Trains all weights of a network (METHOD section 6). The result is the network after the last
 * epoch; its nodes and values have the names that were given.
 *
 * <p>A run with a checkpoint goes on from it, if the file is there, and gives the same bits as one
 * that was never stopped; it writes it after each epoch, and when the listener throws.
 */
public final class Training {
  /** Images that BatchNorm's first statistics, and features, are measured on, at most. */
  private static final int CALIBRATION = 1024;

  private Training() {}

  /**
   * Trains a network to give a teacher's outputs and last feature map, and the labels where there
   * are any. A Conv without BatchNorm has one for the time of training; BatchNormalization nodes
   * stay, with new statistics.
   *
   * @param graph the network, compressed or not, its batch open
   * @param teacher the network that it is compared with, best folded: it runs on every batch; null
   *     to learn from labels alone
   * @param store images, labelled or, with a teacher, not
   * @param indices which of them may be seen
   * @param checkpoint file to go on from and to write, null for none
   * @throws InvalidInputException if there are neither labels nor a teacher, if they do not fit the
   *     outputs, or the checkpoint is another run's
   */
  public static Graph fineTune(
      Graph graph,
      @Nullable Graph teacher,
      ImageStore store,
      int[] indices,
      TrainRecipe recipe,
      Compute compute,
      @Nullable Path checkpoint,
      WorkListener listener) {
    check(graph, teacher, store, indices);
    Execution execution = TorchNetwork.execution(compute);
    TrainingLoop trainer =
        new TrainingLoop(store, indices, recipe, execution, checkpoint, listener);
    Supplier<Batches> calibration = () -> calibration(store, indices, recipe, execution);
    Graph restored = restored(graph, calibration, execution, listener);
    Teacher taught = teacher == null ? null : taughtBy(teacher, compute);
    try (Features features = features(restored, taught, calibration, recipe, execution, listener)) {
      return Rewriter.apply(trainer.train(restored, taught, features), foldingAllBut(graph));
    }
  }

  /** As {@link #fineTune}, from labels alone. */
  public static Graph train(
      Graph graph,
      ImageStore store,
      int[] indices,
      TrainRecipe recipe,
      Compute compute,
      @Nullable Path checkpoint,
      WorkListener listener) {
    return fineTune(graph, null, store, indices, recipe, compute, checkpoint, listener);
  }

  private static void check(Graph graph, @Nullable Graph teacher, ImageStore store, int[] indices) {
    if (teacher == null && !store.dataset().isLabelled()) {
      throw new InvalidInputException(
          "training needs labels, the images have none: give a folder of classes, or a teacher");
    }
    if (indices.length == 0) {
      throw new InvalidInputException("no images to train on");
    }
    LabelCheck.images(graph, store.dataset());
    if (teacher != null) {
      LabelCheck.teacher(graph, teacher);
    }
  }

  private static Teacher taughtBy(Graph graph, Compute compute) {
    Precision precision = Precision.ofTargets(compute.precision());
    return new Teacher(graph, new Execution(precision, compute.threads()));
  }

  private static Graph restored(
      Graph graph, Supplier<Batches> calibration, Execution execution, WorkListener listener) {
    if (graph.nodes().stream().noneMatch(node -> RestoreBatchNorm.fits(graph, node))) {
      return graph;
    }
    try (Batches batches = calibration.get()) {
      return Rewriter.apply(
          graph, new RestoreBatchNorm(ChannelMoments.of(graph, batches, execution, listener)));
    }
  }

  private static @Nullable Features features(
      Graph graph,
      @Nullable Teacher teacher,
      Supplier<Batches> calibration,
      TrainRecipe recipe,
      Execution execution,
      WorkListener listener) {
    if (teacher == null || recipe.loss().features() == 0) {
      return null;
    }
    try (Batches batches = calibration.get()) {
      return Features.of(graph, teacher, batches, execution, listener);
    }
  }

  private static Batches calibration(
      ImageStore store, int[] indices, TrainRecipe recipe, Execution execution) {
    Order order =
        Order.shuffled(indices, recipe.seed()).limit(Math.min(CALIBRATION, indices.length));
    return store.batches(order, Augmentation.NONE, recipe.schedule().batch(), execution.threads());
  }

  /** The way back: what the network came with stays. */
  private static Rule foldingAllBut(Graph source) {
    Set<String> own = source.nodes().stream().map(Node::name).collect(Collectors.toSet());
    FoldBatchNorm fold = new FoldBatchNorm();
    return (graph, node) -> own.contains(node.name()) ? Optional.empty() : fold.apply(graph, node);
  }
}
