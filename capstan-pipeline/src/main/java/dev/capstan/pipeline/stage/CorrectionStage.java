package dev.capstan.pipeline.stage;

import dev.capstan.compress.CompressedNetwork;
import dev.capstan.job.Corrections.Correction;
import dev.capstan.report.ImagesSeen.Use;
import dev.capstan.report.Quality.Decision;
import dev.capstan.report.Stage;
import dev.capstan.torch.Agreement;
import java.util.function.UnaryOperator;

/**
 * Corrects weights in closed form, and keeps that where the policy says so.
 *
 * @param use what images are seen for
 */
record CorrectionStage(
    StageContext context,
    Stage point,
    Use use,
    Correction policy,
    UnaryOperator<CompressedNetwork> correction)
    implements CompressionStage {
  /** Gives the channels the original's mean and variance. */
  static CorrectionStage reestimation(StageContext context) {
    return new CorrectionStage(
        context,
        Stage.REESTIMATED,
        Use.CALIBRATION,
        context.options().corrections().reestimation(),
        context::reestimated);
  }

  /** Solves for weights. */
  static CorrectionStage refit(StageContext context) {
    return new CorrectionStage(
        context,
        Stage.REFITTED,
        Use.REFIT,
        context.options().corrections().refit(),
        context::refitted);
  }

  @Override
  public Result run(CompressionState before) {
    CompressedNetwork corrected = correction.apply(before.network());
    Agreement now = context.agreement(before.network());
    Agreement then = context.agreement(corrected);
    boolean kept = policy == Correction.ON || then.isNearerThan(now);
    CompressedNetwork network = kept ? corrected : before.network();
    String why = context.words(now) + " before, " + context.words(then) + " after";
    return new Result(
        before.with(network, use, context.correctionImages()),
        kept,
        new Decision(
            point, kept ? "yes" : "no", policy == Correction.ON ? "asked for; " + why : why));
  }
}
