package dev.capstan.torch;

import dev.capstan.data.Augmentation;
import dev.capstan.data.Batches;
import dev.capstan.data.ImageStore;
import dev.capstan.data.Order;
import dev.capstan.graph.Graph;
import dev.capstan.graph.InvalidInputException;
import dev.capstan.recipe.CalibrationRecipe;
import dev.capstan.recipe.Compute;
import dev.capstan.space.Bases;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.train.Reestimation;

/**
 * Re-estimates BatchNorm's statistics after compression, although BatchNorm was folded before it:
 * the channels of every Conv get the mean and variance on some images that the original's have
 * there. Without labels, gradients or another layer.
 */
public final class BatchNormReestimation {
  private BatchNormReestimation() {}

  /**
   * The compressed network with new filters and biases. Convs that the original has not, and those
   * whose weights are computed or shared, stay as they are; at full rank all do.
   *
   * @param compressed the network, BatchNorm folded, its batch open
   * @param original the network it was compressed from
   * @param spaces of the original
   * @param bases it was compressed with
   * @param indices which images may be seen
   * @throws InvalidInputException if there are none
   */
  public static Graph apply(
      Graph compressed,
      Graph original,
      ChannelSpaces spaces,
      Bases bases,
      ImageStore store,
      int[] indices,
      CalibrationRecipe recipe,
      Compute compute) {
    if (indices.length == 0) {
      throw new InvalidInputException("no images to re-estimate BatchNorm's statistics on");
    }
    Execution execution = TorchNetwork.execution(compute);
    Order order =
        Order.shuffled(indices, recipe.seed()).limit(Math.min(recipe.images(), indices.length));
    try (Reestimation reestimation =
            new Reestimation(compressed, original, spaces, bases, execution);
        Batches batches =
            store.batches(order, Augmentation.NONE, recipe.batch(), execution.threads())) {
      return reestimation.over(batches);
    }
  }
}
