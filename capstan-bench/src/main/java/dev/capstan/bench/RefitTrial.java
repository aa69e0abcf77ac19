package dev.capstan.bench;

import dev.capstan.compress.CompressedNetwork;
import dev.capstan.graph.Graph;
import dev.capstan.recipe.stage.BasisForm;
import dev.capstan.recipe.stage.LearnRecipe;
import dev.capstan.recipe.stage.RefitRecipe;
import dev.capstan.space.Bases;
import dev.capstan.torch.TorchSession;
import java.util.Locale;

/**
 * Trials of the refit behind the start "S" (a selection, nothing learned), judged on the held-out
 * images as {@link LearnTrial} is: {@code RefitTrial ARCH WEIGHTS CIFAR-FOLDER KEEP IMAGES SEED
 * RIDGE...}. A line a ridge.
 */
public final class RefitTrial {
  private RefitTrial() {}

  /** Runs the trials and prints their lines. */
  public static void main(String[] args) {
    double keep = Double.parseDouble(args[3]);
    Trial trial = Trial.of(args[0], args[1], args[2], keep);
    int images = Integer.parseInt(args[4]);
    long seed = Long.parseLong(args[5]);
    // One step, whose result is not used: the start is what is asked for.
    Bases start =
        trial
            .learn(
                new LearnRecipe(
                    BasisForm.TIED, 64, 64, 0.03, LearnRecipe.Task.NONE, 0, false, seed))
            .start();
    CompressedNetwork selected = CompressedNetwork.of(trial.spaces(), start);
    double before = trial.top1(selected.graph());
    for (int i = 6; i < args.length; i++) {
      RefitRecipe recipe = new RefitRecipe(images, 50, Double.parseDouble(args[i]), seed);
      long began = System.nanoTime();
      Graph refitted = refit(trial, selected, recipe);
      double seconds = (System.nanoTime() - began) * 1e-9;
      System.out.printf(
          Locale.ROOT,
          "%s keep %.3f (%.4f) images %d ridge %s seed %d: start %.2f refitted %.2f (%.0f s)%n",
          args[0],
          keep,
          trial.kept(refitted),
          images,
          args[i],
          seed,
          before,
          trial.top1(refitted),
          seconds);
    }
  }

  private static Graph refit(Trial trial, CompressedNetwork selected, RefitRecipe recipe) {
    return new TorchSession(Trial.COMPUTE, new Lines(1)).refit(selected, trial.seen(), recipe);
  }
}
