package dev.capstan.torch;

import dev.capstan.data.Augmentation;
import dev.capstan.data.Batches;
import dev.capstan.data.ImageStore;
import dev.capstan.data.Order;
import dev.capstan.engine.Execution;
import dev.capstan.graph.Graph;
import dev.capstan.graph.InvalidInputException;
import dev.capstan.recipe.Compute;
import dev.capstan.recipe.TrainRecipe;
import dev.capstan.recipe.WorkListener;
import dev.capstan.rewrite.FoldBatchNorm;
import dev.capstan.rewrite.RestoreBatchNorm;
import dev.capstan.rewrite.Rewriter;
import dev.capstan.train.ChannelMoments;
import dev.capstan.train.Trainer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Trains all weights of a network (METHOD section 6). The result is the network after the last
 * epoch; its nodes and values have the names that were given.
 *
 * <p>A run with a checkpoint goes on from it, if the file is there, and gives the same bits as one
 * that was never stopped; it writes it after each epoch, and when the listener throws.
 */
public final class Training {
  /** Images that BatchNorm's first statistics are measured on, at most. */
  private static final int CALIBRATION = 1024;

  private Training() {}

  /**
   * Trains a compressed network to give the original's outputs, and the labels where there are any.
   * BatchNorm is put back after each Conv for the time of training.
   *
   * @param compressed the network, BatchNorm folded, its batch open
   * @param teacher the original network, best folded: it runs on every batch
   * @param store images, labelled or not
   * @param indices which of them may be seen
   * @param checkpoint file to go on from and to write, null for none
   * @throws InvalidInputException if labels do not fit the outputs, or the checkpoint is another
   *     run's
   */
  public static Graph fineTune(
      Graph compressed,
      Graph teacher,
      ImageStore store,
      int[] indices,
      TrainRecipe recipe,
      Compute compute,
      @Nullable Path checkpoint,
      WorkListener listener) {
    check(compressed, store, indices);
    Execution execution = TorchNetwork.execution(compute);
    Graph restored = restored(compressed, store, indices, recipe, execution);
    Graph trained =
        new Trainer(store, indices, recipe, execution, checkpoint, listener)
            .train(restored, teacher);
    return Rewriter.apply(trained, new FoldBatchNorm());
  }

  private static Graph restored(
      Graph graph, ImageStore store, int[] indices, TrainRecipe recipe, Execution execution) {
    Order order =
        Order.shuffled(indices, recipe.seed()).limit(Math.min(CALIBRATION, indices.length));
    try (Batches batches =
        store.batches(order, Augmentation.NONE, recipe.batch(), execution.threads())) {
      return Rewriter.apply(
          graph, new RestoreBatchNorm(ChannelMoments.of(graph, batches, execution)));
    }
  }

  /**
   * Trains a network on labelled images from the weights it has, random ones perhaps. BatchNorm
   * nodes stay, with new statistics.
   *
   * @param graph the network, its batch open
   * @param store labelled images
   * @param indices which of them may be seen
   * @param checkpoint file to go on from and to write, null for none
   * @throws InvalidInputException if the images have no labels, or labels that do not fit the
   *     outputs, or the checkpoint is another run's
   */
  public static Graph train(
      Graph graph,
      ImageStore store,
      int[] indices,
      TrainRecipe recipe,
      Compute compute,
      @Nullable Path checkpoint,
      WorkListener listener) {
    if (!store.dataset().isLabelled()) {
      throw new InvalidInputException(
          "training needs labels, the images have none: give a folder of classes");
    }
    check(graph, store, indices);
    Execution execution = TorchNetwork.execution(compute);
    return new Trainer(store, indices, recipe, execution, checkpoint, listener).train(graph, null);
  }

  private static void check(Graph graph, ImageStore store, int[] indices) {
    if (indices.length == 0) {
      throw new InvalidInputException("no images to train on");
    }
    LabelCheck.images(graph, store.dataset());
  }
}
