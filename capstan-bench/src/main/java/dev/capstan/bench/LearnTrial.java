package dev.capstan.bench;

import dev.capstan.compress.Compression;
import dev.capstan.graph.Graph;
import dev.capstan.recipe.stage.BasisForm;
import dev.capstan.recipe.stage.LearnRecipe;
import dev.capstan.recipe.stage.Learned;
import java.util.Locale;

/**
 * One trial of a learning recipe, judged on the 500 held-out training images of each class
 * (docs/method.md, section 8): {@code LearnTrial ARCH WEIGHTS CIFAR-FOLDER KEEP IMAGES BATCH RATE
 * TASK-SHARE TASK-WEIGHT TASK-RATE SEED FORM}. A line a trial goes to {@code docs/experiments.md}.
 */
public final class LearnTrial {
  private LearnTrial() {}

  /** Runs the trial and prints its line. */
  public static void main(String[] args) {
    double keep = Double.parseDouble(args[3]);
    Trial trial = Trial.of(args[0], args[1], args[2], keep);
    LearnRecipe recipe =
        new LearnRecipe(
            BasisForm.valueOf(args[11].toUpperCase(Locale.ROOT)),
            Integer.parseInt(args[4]),
            Integer.parseInt(args[5]),
            Double.parseDouble(args[6]),
            new LearnRecipe.Task(
                Double.parseDouble(args[7]),
                Double.parseDouble(args[8]),
                Double.parseDouble(args[9])),
            0,
            false,
            Long.parseLong(args[10]));
    long began = System.nanoTime();
    Learned result = trial.learn(recipe);
    double seconds = (System.nanoTime() - began) * 1e-9;
    Graph start = Compression.apply(trial.spaces(), result.start());
    Graph learned = Compression.apply(trial.spaces(), result.bases());
    System.out.printf(
        Locale.ROOT,
        "%s %s keep %.3f (%.4f) images %d rate %s task %s x %s at %s seed %d: start %.2f learned"
            + " %.2f (%.0f s)%n",
        args[0],
        args[11],
        keep,
        trial.kept(learned),
        recipe.images(),
        args[6],
        args[8],
        args[7],
        args[9],
        recipe.seed(),
        trial.top1(start),
        trial.top1(learned),
        seconds);
  }
}
