package dev.capstan.pipeline.stage;

import dev.capstan.data.DataSplit;
import dev.capstan.graph.Graph;
import dev.capstan.recipe.TrainRecipe;
import dev.capstan.recipe.stage.Training;
import dev.capstan.report.ImagesSeen.Use;
import dev.capstan.report.Quality.Decision;
import dev.capstan.report.Stage;

/** Trains all weights, taught by the original. */
record FineTuningStage(StageContext context, TrainRecipe recipe) implements CompressionStage {
  @Override
  public Stage point() {
    return Stage.FINE_TUNED;
  }

  @Override
  public Result run(CompressionState before) {
    DataSplit images = context.session().data();
    Training training =
        new Training(
            recipe.withSeed(context.options().seed()), context.options().tuning().checkpoint());
    Graph original = context.session().source().folded();
    Graph graph = before.network().graph();
    Graph tuned = context.session().torch().fineTune(graph, original, images, training);
    boolean kept = tuned != graph;
    long seen = recipe.schedule().imagesSeen(images.seen().size());
    return new Result(
        before.with(before.network().with(tuned), Use.FINE_TUNING, seen),
        kept,
        new Decision(
            point(),
            kept ? "yes" : "no",
            kept ? "no worse than before" : "nothing better than before was found"));
  }
}
