package dev.capstan.pipeline.stage;

import dev.capstan.compress.CompressedNetwork;
import dev.capstan.data.DataSplit;
import dev.capstan.data.ImageSubset;
import dev.capstan.graph.Graph;
import dev.capstan.image.Augmentation;
import dev.capstan.job.TuneOptions;
import dev.capstan.recipe.TrainRecipe;
import dev.capstan.recipe.stage.Training;
import dev.capstan.report.ImagesSeen.Use;
import dev.capstan.report.Quality.Decision;
import dev.capstan.report.Stage;

/** Trains all weights, taught by the original. */
record FineTuningStage(StageContext context, TrainRecipe recipe, Teachers teachers)
    implements CompressionStage {
  @Override
  public Stage point() {
    return Stage.FINE_TUNED;
  }

  @Override
  public Result run(CompressionState before) {
    Graph graph = before.network().graph();
    TrainedNetwork trained = trained(graph);
    CompressedNetwork after = before.network().with(trained.graph());
    Decision decision =
        trained.graph() == graph
            ? new Decision(point(), "no", "nothing better than before was found")
            : decision(before.network(), after);
    boolean kept = decision.kept().equals("yes");
    return new Result(
        before.with(kept ? after : before.network(), Use.FINE_TUNING, trained.imagesSeen()),
        kept,
        decision);
  }

  /** Trains a network, whatever it is left of. */
  TrainedNetwork trained(Graph graph) {
    Graph original = context.session().source().folded();
    Course course = course(original, graph);
    TrainRecipe fitting = mirrored(course.recipe()).withSeed(context.options().seed());
    TuneOptions tuning = context.options().tuning();
    TrainedNetwork teacher = teachers.of(graph, course.images(), fitting, tuning);
    Training training = new Training(fitting, tuning.checkpoint());
    return new TrainedNetwork(
        context.session().torch().fineTune(graph, teacher.graph(), course.images(), training),
        teacher.imagesSeen()
            + course.recipe().schedule().imagesSeen(course.images().seen().size()));
  }

  /**
   * What nobody asked for stays where it helps, as corrections do, and where nobody can tell: the
   * network before had its best state chosen by images held out, so these are for it.
   */
  private Decision decision(CompressedNetwork before, CompressedNetwork after) {
    if (!context.options().tuning().automatic()) {
      return new Decision(point(), "yes", "asked for, and no worse than before");
    }
    boolean kept =
        !context.isClearlyFarther(after, before)
            || context.agreement(after).isMoreAccurateThan(context.agreement(before));
    return new Decision(point(), kept ? "yes" : "no", context.words(before, after));
  }

  private TrainRecipe mirrored(TrainRecipe from) {
    Augmentation changes = from.augmentation();
    return from.withAugmentation(changes.withFlip(changes.flip() && context.mirrors()));
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
    TrainRecipe suited = recipe.withPasses(length.epochs(), length.batch());
    return new Course(new DataSplit(some, images.heldOut(), images.all()), length.fit(suited));
  }
}
