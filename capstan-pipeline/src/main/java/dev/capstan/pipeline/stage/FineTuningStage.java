package dev.capstan.pipeline.stage;

import dev.capstan.data.DataSplit;
import dev.capstan.data.ImageSubset;
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
    Graph original = context.session().source().folded();
    Graph graph = before.network().graph();
    Course course = course(original, graph);
    Training training =
        new Training(
            course.recipe().withSeed(context.options().seed()),
            context.options().tuning().checkpoint());
    Graph tuned = context.session().torch().fineTune(graph, original, course.images(), training);
    boolean kept = tuned != graph;
    long seen = course.recipe().schedule().imagesSeen(course.images().seen().size());
    return new Result(
        before.with(before.network().with(tuned), Use.FINE_TUNING, seen),
        kept,
        new Decision(
            point(),
            kept ? "yes" : "no",
            kept ? "no worse than before" : "nothing better than before was found"));
  }

  /** What is looked at, and how often. */
  private record Course(DataSplit images, TrainRecipe recipe) {}

  private Course course(Graph original, Graph graph) {
    DataSplit images = context.session().data();
    if (!context.options().tuning().automatic()) {
      return new Course(images, recipe);
    }
    TrainingLength length = context.training(LearningLength.kept(original, graph));
    context.session().listener().note("fine-tuning: " + length);
    ImageSubset some = images.seen().sample(length.images(), context.options().seed());
    return new Course(
        new DataSplit(some, images.heldOut(), images.all()),
        recipe.withPasses(length.epochs(), length.batch()));
  }
}
