package dev.capstan.pipeline.stage;

import dev.capstan.compress.CompressedNetwork;
import dev.capstan.cost.Cost;
import dev.capstan.data.DataSplit;
import dev.capstan.data.ImageSubset;
import dev.capstan.rank.allocate.RankAllocation;
import dev.capstan.recipe.Method;
import dev.capstan.recipe.stage.CalibrationRecipe;
import dev.capstan.recipe.stage.LearnRecipe;
import dev.capstan.recipe.stage.Learned;
import dev.capstan.report.ImagesSeen.Use;
import dev.capstan.report.Quality.Decision;
import dev.capstan.report.Stage;
import dev.capstan.space.Bases;
import dev.capstan.torch.Agreement;

/** Finds bases and makes the kernels smaller with them. */
record ProjectionStage(StageContext context) implements CompressionStage {
  private static final int BATCH = 64;

  @Override
  public Stage point() {
    return Stage.PROJECTED;
  }

  @Override
  public Result run(CompressionState before) {
    Method method = context.options().bases().method();
    if (!method.equals(Method.CAP)) {
      return result(
          chosen(before, method, context.calibrationImages()), method.toString(), "asked for");
    }
    Learned learned = learned(before);
    return better(before, learned, after(before, learned));
  }

  private static Result result(CompressionState state, String bases, String why) {
    return new Result(state, true, new Decision(Stage.PROJECTED, bases, why));
  }

  /**
   * Of learned bases and a selection, what is nearer to the original with its statistics: they are
   * cheap, and a refit would be computed for a network that is thrown away.
   */
  private Result better(CompressionState before, Learned learned, CompressionState afterLearning) {
    int calibrated = context.calibrationImages(length(before));
    CompressionState afterSelection = chosen(before, Method.ACTIVATION, calibrated);
    Agreement ofLearned = context.asCorrected(afterLearning.network());
    Agreement ofSelected = context.asCorrected(afterSelection.network());
    String why =
        "%s, a selection %s".formatted(context.words(ofLearned), context.words(ofSelected));
    if (learned.rollBacks() > 0) {
      why +=
          "; learning went back "
              + (learned.rollBacks() == 1 ? "once" : learned.rollBacks() + " times");
    }
    return ofLearned.divergence() <= ofSelected.divergence()
        ? result(afterLearning, learned.bases() == learned.start() ? "start" : "learned", why)
        : result(afterSelection, "selected", why);
  }

  private Learned learned(CompressionState before) {
    DataSplit images = context.session().data();
    LearningLength length = length(before);
    context.session().listener().note("learning: " + length);
    LearnRecipe recipe =
        LearnRecipe.standard(length.images(), context.options().seed())
            .withBatch(length.batch())
            .withMirrorImages(length.repeats(images.seen().size()) && context.mirrors())
            .withExchangeRuns(context.budget().exchange());
    return context.session().torch().learn(before.allocation(), images, recipe);
  }

  private LearningLength length(CompressionState before) {
    RankAllocation ranks = before.allocation();
    double whole = Math.max(1, Cost.of(context.session().source().open()).macs());
    double kept = ranks.network().costs().macs(ranks.ranks()::of) / whole;
    return context.learning(kept);
  }

  private CompressionState after(CompressionState before, Learned learned) {
    int images = length(before).images();
    long calibrated = learned.imagesSeen() - Math.min(learned.imagesSeen(), images);
    CompressionState after = smaller(before, learned.bases(), calibrated);
    return after.with(after.network(), Use.LEARNING, learned.imagesSeen() - calibrated);
  }

  private CompressionState chosen(CompressionState before, Method method, int count) {
    ImageSubset images = context.learnable();
    CalibrationRecipe recipe = new CalibrationRecipe(count, BATCH, context.options().seed());
    Bases bases = context.session().torch().choose(method, before.allocation(), images, recipe);
    return smaller(before, bases, method.seesImages() ? count : 0);
  }

  private static CompressionState smaller(CompressionState before, Bases bases, long calibrated) {
    CompressedNetwork network = CompressedNetwork.of(before.allocation().spaces(), bases);
    return before.with(network, Use.CALIBRATION, calibrated);
  }
}
