package dev.capstan.torch;

import dev.capstan.data.ImageStore;
import dev.capstan.graph.Graph;
import dev.capstan.rank.Ranks;
import dev.capstan.recipe.Compute;
import dev.capstan.recipe.LearnRecipe;
import dev.capstan.recipe.Learned;
import dev.capstan.recipe.WorkListener;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.torch.internal.learn.Learning;

/** Learns all bases of a network at once, weights frozen (METHOD section 4). */
public final class ProjectionLearning {
  private ProjectionLearning() {}

  /**
   * Learns bases of these ranks.
   *
   * @param graph the network, BatchNorm folded, its batch open
   * @param store images, labelled or not
   * @param indices which of them may be seen
   * @throws dev.capstan.graph.InvalidInputException if labels do not fit the outputs
   */
  public static Learned learn(
      Graph graph,
      ChannelSpaces spaces,
      Ranks ranks,
      ImageStore store,
      int[] indices,
      LearnRecipe recipe,
      Compute compute,
      WorkListener listener) {
    LabelCheck.images(graph, store.dataset());
    Learning learning =
        new Learning(graph, spaces, store, indices, TorchNetwork.execution(compute), listener);
    return learning.run(ranks, recipe);
  }
}
