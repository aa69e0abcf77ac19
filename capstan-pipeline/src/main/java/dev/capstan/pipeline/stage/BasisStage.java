package dev.capstan.pipeline.stage;

import dev.capstan.job.CompressionOptions;
import dev.capstan.pipeline.input.Session;
import dev.capstan.recipe.CalibrationRecipe;
import dev.capstan.recipe.LearnRecipe;
import dev.capstan.recipe.Learned;
import dev.capstan.recipe.Method;
import dev.capstan.recipe.WorkListener;
import dev.capstan.report.ImagesSeen;
import dev.capstan.space.Bases;
import dev.capstan.torch.BaselineBases;
import dev.capstan.torch.ProjectionLearning;

/**
 * The stage that finds bases and makes the kernels smaller with them.
 *
 * @param images which of the material's may be seen
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record BasisStage(
    Session material, CompressionOptions options, int[] images, WorkListener listener) {
  /** Images that methods which do not learn see, at most. */
  private static final int CALIBRATION = 1024;

  private static final int BATCH = 64;

  /** The network compressed by a method. */
  CompressedNetwork run(RankAllocation ranking, Method method) {
    return method == Method.CAP ? learned(ranking) : chosen(ranking, method);
  }

  private CompressedNetwork learned(RankAllocation ranking) {
    LearnRecipe recipe = recipe();
    Learned learned =
        ProjectionLearning.learn(
            ranking.graph(),
            ranking.spaces(),
            ranking.ranks(),
            material.learning(),
            images,
            recipe,
            material.setup().compute(),
            listener);
    long calibrated = learned.imagesSeen() - Math.min(learned.imagesSeen(), recipe.images());
    ImagesSeen seen =
        ImagesSeen.NONE.calibrated(calibrated).learned(learned.imagesSeen() - calibrated);
    return way(ranking, learned.bases(), seen);
  }

  private LearnRecipe recipe() {
    return LearnRecipe.standard(options.bases().images(images.length), options.seed());
  }

  private CompressedNetwork chosen(RankAllocation ranking, Method method) {
    Bases bases =
        BaselineBases.choose(
            method,
            ranking.graph(),
            ranking.frame().treated(material.source().open()),
            ranking.spaces(),
            ranking.ranks(),
            material.learning(),
            images,
            new CalibrationRecipe(CALIBRATION, BATCH, options.seed()),
            material.setup().compute(),
            listener);
    int calibrated = method.seesImages() ? Math.min(CALIBRATION, images.length) : 0;
    return way(ranking, bases, ImagesSeen.NONE.calibrated(calibrated));
  }

  private CompressedNetwork way(RankAllocation ranking, Bases bases, ImagesSeen seen) {
    ImagesSeen all = seen.calibrated(ranking.imagesSeen());
    return CompressedNetwork.projected(ranking, bases, all);
  }
}
