package dev.capstan.pipeline.stage;

import dev.capstan.data.ImageSubset;
import dev.capstan.graph.Graph;
import dev.capstan.recipe.TrainRecipe;
import dev.capstan.recipe.stage.Training;
import dev.capstan.report.ImagesSeen.Use;
import dev.capstan.report.Stage;

/** Trains all weights, taught by the original. */
record FineTuningStage(StageContext context, TrainRecipe recipe) implements CompressionStage {
  @Override
  public Stage point() {
    return Stage.FINE_TUNED;
  }

  @Override
  public Result run(CompressionState before) {
    ImageSubset images = context.trainable();
    Training training =
        new Training(
            recipe.withSeed(context.options().seed()), context.options().tuning().checkpoint());
    Graph original = context.session().source().folded();
    Graph tuned =
        context.session().torch().fineTune(before.network().graph(), original, images, training);
    long seen = recipe.schedule().imagesSeen(images.size());
    return new Result(before.with(before.network().with(tuned), Use.FINE_TUNING, seen), true);
  }
}
