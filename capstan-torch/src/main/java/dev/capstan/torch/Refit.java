package dev.capstan.torch;

import dev.capstan.data.ImageStore;
import dev.capstan.graph.Graph;
import dev.capstan.graph.InvalidInputException;
import dev.capstan.recipe.Compute;
import dev.capstan.recipe.RefitRecipe;
import dev.capstan.recipe.WorkListener;
import dev.capstan.space.Bases;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.torch.internal.refit.Refitting;

/**
 * Solves for the weights of a compressed network by least squares, one layer after the other, so
 * that each gives what the original gives (METHOD section 4, "Closed-form refit"). Needs no labels.
 */
public final class Refit {
  private Refit() {}

  /**
   * Refits a compressed network.
   *
   * @param original the network, BatchNorm folded, its batch open
   * @param spaces the spaces of {@code original}
   * @param bases the bases it was compressed with
   * @param compressed what {@code Compression.apply} made of them
   * @param store images, labelled or not
   * @param indices which of them may be seen
   * @return a network with the same nodes, of which a MatMul may have become a Gemm; layers have
   *     other weights, and a bias where they had none
   * @throws InvalidInputException if there are no images
   */
  public static Graph solve(
      Graph original,
      ChannelSpaces spaces,
      Bases bases,
      Graph compressed,
      ImageStore store,
      int[] indices,
      RefitRecipe recipe,
      Compute compute,
      WorkListener listener) {
    if (indices.length == 0) {
      throw new InvalidInputException("no images to refit on");
    }
    return new Refitting(original, spaces, bases, TorchNetwork.execution(compute), listener)
        .run(compressed, store, indices, recipe);
  }
}
