package dev.capstan.torch;

import dev.capstan.data.ImageStore;
import dev.capstan.data.Order;
import dev.capstan.graph.Graph;
import dev.capstan.graph.InvalidInputException;
import dev.capstan.rank.RankOptions;
import dev.capstan.rank.Sensitivities;
import dev.capstan.recipe.Compute;
import dev.capstan.recipe.WorkListener;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.torch.internal.sensitivity.Measurement;

/** Measures how much each channel space matters (METHOD section 5, point 3). */
public final class SensitivityAnalysis {
  /** Images to measure on where nothing speaks for another number. */
  public static final int IMAGES = 512;

  private SensitivityAnalysis() {}

  /**
   * Measures how far the outputs move, by their relative squared error (of logits where they are
   * classes), when one space alone is compressed: every space that the options leave open, at ranks
   * of the options' grid, up to eight of them. No labels are needed.
   *
   * @param graph the network, BatchNorm folded, its batch open
   * @param store images, labelled or not
   * @param indices which of them may be seen
   * @param images how many of those are, at most
   * @param seed of the choice among them
   * @throws InvalidInputException if the options do not fit the network, or there are no images
   */
  public static Sensitivities measure(
      Graph graph,
      ChannelSpaces spaces,
      RankOptions options,
      ImageStore store,
      int[] indices,
      int images,
      long seed,
      Compute compute,
      WorkListener listener) {
    if (indices.length == 0) {
      throw new InvalidInputException("no images to measure sensitivities on");
    }
    Order order = Order.shuffled(indices, seed).limit(Math.min(images, indices.length));
    return new Measurement(
            graph,
            spaces,
            options.open(spaces),
            options.grid(),
            TorchNetwork.execution(compute),
            listener)
        .run(store, order);
  }
}
