package dev.capstan.pipeline;

import dev.capstan.graph.Graph;
import dev.capstan.recipe.CalibrationRecipe;
import dev.capstan.recipe.RefitRecipe;
import dev.capstan.recipe.WorkListener;
import dev.capstan.torch.Agreement;
import dev.capstan.torch.BatchNormReestimation;
import dev.capstan.torch.Refit;

/** The stages that correct weights in closed form: see {@link Corrections}. */
record CorrectionStage(
    Material material, CourseOptions options, Portions portions, WorkListener listener) {
  /** Images that a correction sees, at most. */
  private static final int IMAGES = 2000;

  private static final int BATCH = 64;

  /** With the original's mean and variance in each channel. */
  Way reestimated(Way way) {
    Graph changed =
        BatchNormReestimation.apply(
            way.graph(),
            way.ranking().graph(),
            way.ranking().spaces(),
            way.bases(),
            material.learning(),
            portions.seen(),
            new CalibrationRecipe(IMAGES, BATCH, options.seed()),
            material.setup().compute());
    return way.with(changed, way.seen().calibrated(images()));
  }

  /** With weights solved for. */
  Way refitted(Way way) {
    Graph changed =
        Refit.solve(
            way.ranking().graph(),
            way.ranking().spaces(),
            way.bases(),
            way.graph(),
            material.learning(),
            portions.seen(),
            RefitRecipe.standard(images(), options.seed()),
            material.setup().compute(),
            listener);
    return way.with(changed, way.seen().refitted(images()));
  }

  private int images() {
    return Math.min(IMAGES, portions.seen().length);
  }

  /** What the policy says: the corrected network, or the one before if that is nearer. */
  Way decided(Correction policy, Way before, Way after) {
    boolean keep = policy == Correction.ON || divergence(after) < divergence(before);
    return keep ? after : before.with(before.graph(), after.seen());
  }

  /** How far a network is from the original on images held out. */
  double divergence(Way way) {
    return Agreement.of(
            material.source().folded(),
            way.graph(),
            material.learning(),
            portions.heldOut(),
            material.setup().compute())
        .divergence();
  }
}
