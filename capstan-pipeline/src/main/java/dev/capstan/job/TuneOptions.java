package dev.capstan.job;

import dev.capstan.recipe.TrainRecipe;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How the compressed network is trained.
 *
 * @param recipe what is done, with the job's seed in place of its own; null for nothing
 * @param checkpoint file to go on from and to write after each pass, null for none
 */
public record TuneOptions(@Nullable TrainRecipe recipe, @Nullable Path checkpoint) {
  /** No fine-tuning. */
  public static final TuneOptions NONE = new TuneOptions(null, null);

  /**
   * So many passes over the data by the standard recipe.
   *
   * @param epochs 0 for none
   */
  public static TuneOptions of(int epochs) {
    return epochs == 0 ? NONE : new TuneOptions(TrainRecipe.fineTuning(epochs, 1), null);
  }

  /** Passes over the data. */
  public int epochs() {
    return recipe == null ? 0 : recipe.schedule().epochs();
  }
}
