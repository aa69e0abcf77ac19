package dev.capstan.pipeline.stage;

import dev.capstan.compress.CompressedNetwork;
import dev.capstan.job.Corrections.Correction;
import dev.capstan.report.ImagesSeen.Use;
import dev.capstan.report.Quality.Decision;
import dev.capstan.report.Stage;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;

/**
 * Corrects weights in closed form, and keeps that where the policy says so.
 *
 * @param use what images are seen for
 * @param images how many of them, for a network
 */
record CorrectionStage(
    StageContext context,
    Stage point,
    Use use,
    Correction policy,
    ToIntFunction<CompressedNetwork> images,
    UnaryOperator<CompressedNetwork> correction)
    implements CompressionStage {
  /** Gives the channels the original's mean and variance. */
  static CorrectionStage reestimation(StageContext context) {
    return new CorrectionStage(
        context,
        Stage.REESTIMATED,
        Use.CALIBRATION,
        context.options().corrections().reestimation(),
        network -> context.corrections(network).statistics(),
        context::reestimated);
  }

  /** Solves for weights. */
  static CorrectionStage refit(StageContext context) {
    return new CorrectionStage(
        context,
        Stage.REFITTED,
        Use.REFIT,
        context.options().corrections().refit(),
        network -> context.corrections(network).equations(),
        context::refitted);
  }

  /** Statistics of solved weights are right already. */
  @Override
  public boolean isSpared(List<Decision> before) {
    return policy == Correction.AUTO
        && point == Stage.REESTIMATED
        && before.stream().anyMatch(d -> d.stage() == Stage.REFITTED && d.kept().equals("yes"));
  }

  @Override
  public Result run(CompressionState before) {
    CompressedNetwork corrected = correction.apply(before.network());
    boolean kept = policy == Correction.ON || context.isNearer(corrected, before.network());
    CompressedNetwork network = kept ? corrected : before.network();
    String why = context.words(before.network(), corrected);
    return new Result(
        before.with(network, use, images.applyAsInt(before.network())),
        kept,
        new Decision(
            point, kept ? "yes" : "no", policy == Correction.ON ? "asked for; " + why : why));
  }
}
