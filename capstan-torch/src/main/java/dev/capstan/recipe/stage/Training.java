package dev.capstan.recipe.stage;

import dev.capstan.recipe.TrainRecipe;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A training that can be stopped and gone on with.
 *
 * @param recipe what is done
 * @param checkpoint file that the run goes on from, if it is there, and that it writes now and then
 *     (within 3 % of the time), at its end and when its listener throws; null for none
 * @param elastic whether a run on another number of threads is gone on with, which changes bits
 */
public record Training(TrainRecipe recipe, @Nullable Path checkpoint, boolean elastic) {
  /** A training that goes on to the same bits. */
  public Training(TrainRecipe recipe, @Nullable Path checkpoint) {
    this(recipe, checkpoint, false);
  }

  /** Where the state before that of a checkpoint is kept: {@code NAME.before}. */
  public static Path before(Path checkpoint) {
    return checkpoint.resolveSibling(checkpoint.getFileName() + ".before");
  }
}
