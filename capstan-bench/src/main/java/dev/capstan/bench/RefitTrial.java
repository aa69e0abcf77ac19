package dev.capstan.bench;

import dev.capstan.compress.Compression;
import dev.capstan.graph.Graph;
import dev.capstan.recipe.BasisForm;
import dev.capstan.recipe.LearnRecipe;
import dev.capstan.recipe.RefitRecipe;
import dev.capstan.recipe.WorkListener;
import dev.capstan.space.Bases;
import dev.capstan.torch.Refit;
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
    Bases start = trial.learn(new LearnRecipe(BasisForm.TIED, 64, 64, 0.03, 0, 0, 0, seed)).start();
    Graph selected = Compression.apply(trial.graph(), trial.spaces(), start);
    double before = trial.top1(selected);
    for (int i = 6; i < args.length; i++) {
      RefitRecipe recipe = new RefitRecipe(images, 50, Double.parseDouble(args[i]), seed);
      long began = System.nanoTime();
      Graph refitted = refit(trial, start, selected, recipe);
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

  private static Graph refit(Trial trial, Bases start, Graph selected, RefitRecipe recipe) {
    return Refit.solve(
        trial.graph(),
        trial.spaces(),
        start,
        selected,
        trial.store(),
        trial.seen(),
        recipe,
        Trial.COMPUTE,
        new Lines());
  }

  /** Every layer's errors. */
  private static final class Lines implements WorkListener {
    @Override
    public void advance(long done, String figures) {
      System.err.println(done + " " + figures);
    }

    @Override
    public void note(String line) {
      System.err.println(line);
    }
  }
}
