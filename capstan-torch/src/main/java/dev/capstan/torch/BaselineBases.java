package dev.capstan.torch;

import dev.capstan.data.ImageStore;
import dev.capstan.graph.Graph;
import dev.capstan.rank.Ranks;
import dev.capstan.recipe.CalibrationRecipe;
import dev.capstan.recipe.Compute;
import dev.capstan.recipe.Method;
import dev.capstan.recipe.WorkListener;
import dev.capstan.space.Bases;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.torch.internal.criteria.Baseline;

/** The bases that other methods than learning choose: what Cascaded Projection is measured by. */
public final class BaselineBases {
  private BaselineBases() {}

  /**
   * Chooses a basis of each compressed space. Equal arguments give equal bases; of two channels of
   * equal score the one of lower index is kept.
   *
   * @param method any but {@link Method#CAP}, which {@link ProjectionLearning} learns
   * @param graph the network, BatchNorm folded, its batch open
   * @param trained the same network before BatchNorm was folded: methods that look at weights judge
   *     its filters, as they were published. Nodes of one name correspond; without such a network
   *     give {@code graph} again
   * @param store images, labelled or not; unused unless the method {@link Method#seesImages sees}
   *     them
   * @param indices which of them may be seen
   * @throws dev.capstan.graph.InvalidInputException if labels do not fit the outputs
   * @throws IllegalArgumentException for {@link Method#CAP}
   */
  public static Bases choose(
      Method method,
      Graph graph,
      Graph trained,
      ChannelSpaces spaces,
      Ranks ranks,
      ImageStore store,
      int[] indices,
      CalibrationRecipe recipe,
      Compute compute,
      WorkListener listener) {
    LabelCheck.images(graph, store.dataset());
    return new Baseline(
            graph,
            trained,
            spaces,
            ranks,
            store,
            indices,
            TorchNetwork.execution(compute),
            listener)
        .choose(method, recipe);
  }
}
