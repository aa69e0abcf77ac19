package dev.capstan.job;

import dev.capstan.recipe.TrainRecipe;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How the weights of the compressed network are trained.
 *
 * @param recipe what is done, with the job's seed in place of its own; null for nothing
 * @param automatic whether the recipe's passes, batch and optimizer are replaced by those that suit
 *     the network's size and the number of images
 * @param checkpoint file to go on from and to write now and then, null for none
 */
public record TuneOptions(
    @Nullable TrainRecipe recipe, boolean automatic, @Nullable Path checkpoint) {
  /** No training. */
  public static final TuneOptions NONE = new TuneOptions(null, false, null);

  /** As many passes as suit the network's size and the number of images. */
  public static final TuneOptions AUTOMATIC =
      new TuneOptions(TrainRecipe.manyPasses(1, 1), true, null);

  /**
   * So many passes over the data by the standard recipe.
   *
   * @param epochs 0 for none
   */
  public static TuneOptions of(int epochs) {
    return epochs == 0 ? NONE : new TuneOptions(TrainRecipe.fineTuning(epochs, 1), false, null);
  }

  /** Passes over the data, where they are given. */
  public int epochs() {
    return recipe == null ? 0 : recipe.schedule().epochs();
  }
}
