package dev.capstan.pipeline.stage;

import dev.capstan.compress.CompressedNetwork;
import dev.capstan.data.ImageSubset;
import dev.capstan.recipe.Method;
import dev.capstan.recipe.stage.CalibrationRecipe;
import dev.capstan.recipe.stage.LearnRecipe;
import dev.capstan.recipe.stage.Learned;
import dev.capstan.report.ImagesSeen.Use;
import dev.capstan.report.Stage;
import dev.capstan.space.Bases;

/** Finds bases and makes the kernels smaller with them. */
record ProjectionStage(StageContext context) implements CompressionStage {
  /** Images that methods which do not learn see, at most. */
  private static final int CALIBRATION = 1024;

  private static final int BATCH = 64;

  @Override
  public Stage point() {
    return Stage.PROJECTED;
  }

  @Override
  public Result run(CompressionState before) {
    CompressionState projected = projected(before, context.options().bases().method());
    return new Result(
        context.options().bases().fewImages()
            ? nearer(projected, projected(before, Method.ACTIVATION))
            : projected,
        true);
  }

  /** Of learned bases and a selection, what is nearer to the original once it is refitted. */
  private CompressionState nearer(CompressionState learned, CompressionState selected) {
    double afterLearning = context.divergence(context.refitted(learned.network()));
    double afterSelection = context.divergence(context.refitted(selected.network()));
    return afterLearning <= afterSelection ? learned : selected;
  }

  private CompressionState projected(CompressionState before, Method method) {
    return method.equals(Method.CAP) ? learned(before) : chosen(before, method);
  }

  private CompressionState learned(CompressionState before) {
    ImageSubset images = context.learnable();
    int count = context.options().bases().images(images.size());
    LearnRecipe recipe = LearnRecipe.standard(count, context.options().seed());
    Learned learned = context.session().torch().learn(before.allocation(), images, recipe);
    long calibrated = learned.imagesSeen() - Math.min(learned.imagesSeen(), recipe.images());
    CompressionState after = smaller(before, learned.bases(), calibrated);
    return after.with(after.network(), Use.LEARNING, learned.imagesSeen() - calibrated);
  }

  private CompressionState chosen(CompressionState before, Method method) {
    ImageSubset images = context.learnable();
    CalibrationRecipe recipe = new CalibrationRecipe(CALIBRATION, BATCH, context.options().seed());
    Bases bases = context.session().torch().choose(method, before.allocation(), images, recipe);
    return smaller(before, bases, method.seesImages() ? Math.min(CALIBRATION, images.size()) : 0);
  }

  private static CompressionState smaller(CompressionState before, Bases bases, long calibrated) {
    CompressedNetwork network = CompressedNetwork.of(before.allocation().spaces(), bases);
    return before.with(network, Use.CALIBRATION, calibrated);
  }
}
