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
 * @param teacherEpochs passes over the labels for which the original is trained before it teaches;
 *     0 for none, and none are made where there are no labels or the recipe makes no use of both
 * @param checkpoint file to go on from and to write now and then, null for none; what the original
 *     is trained to lies beside it, in {@code NAME.teacher}
 */
public record TuneOptions(
    @Nullable TrainRecipe recipe, boolean automatic, int teacherEpochs, @Nullable Path checkpoint) {
  /** No training. */
  public static final TuneOptions NONE = new TuneOptions(null, false, 0, null);

  /** As many passes as suit the network's size and the number of images. */
  public static final TuneOptions AUTOMATIC =
      new TuneOptions(TrainRecipe.manyPasses(1, 1), true, 0, null);

  /** A pass of the original for so many of the compressed network: docs/experiments.md. */
  private static final double TEACHING = 0.15;

  /** Checks the number of passes. */
  public TuneOptions {
    if (teacherEpochs < 0) {
      throw new IllegalArgumentException("a teacher trained for " + teacherEpochs + " epochs");
    }
  }

  /**
   * So many passes over the data by the standard recipe.
   *
   * @param epochs 0 for none
   */
  public static TuneOptions of(int epochs) {
    return epochs == 0 ? NONE : of(TrainRecipe.fineTuning(epochs, 1));
  }

  private static TuneOptions of(TrainRecipe recipe) {
    return new TuneOptions(recipe, false, teacherEpochs(recipe.schedule()), null);
  }

  /**
   * For how many passes the original is trained where nobody says, before a training of the
   * compressed network: by Adam, which is for few images, for none.
   */
  public static int teacherEpochs(TrainRecipe.Schedule training) {
    return training.optimizer() == TrainRecipe.Optimizer.ADAM
        ? 0
        : (int) Math.rint(TEACHING * training.epochs());
  }

  /** Passes over the data, where they are given. */
  public int epochs() {
    return recipe == null ? 0 : recipe.schedule().epochs();
  }
}
