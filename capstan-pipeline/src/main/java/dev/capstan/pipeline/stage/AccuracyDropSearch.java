package dev.capstan.pipeline.stage;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Graph;
import dev.capstan.job.CompressionOptions;
import dev.capstan.job.TuneOptions;
import dev.capstan.pipeline.input.Session;
import dev.capstan.rank.Goal;
import dev.capstan.rank.allocate.RankAllocation;
import dev.capstan.report.Scores;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What compression costs in accuracy, and the search for the smallest network that costs little.
 *
 * @param baseline of the original, null where there are no labels to judge by
 * @param ranks what chooses the ranks of a share
 */
public record AccuracyDropSearch(
    Session session, @Nullable Scores baseline, RankStage ranks, CompressionOptions options) {
  /** Networks that are tried before all stages are run. */
  static final int TRIES = 5;

  /** Images that a trial's bases are learned from, at most. */
  static final int TRIAL_IMAGES = 3200;

  /** Points of top-1 lost; without labels those of agreement with the original. */
  public double of(CompressionPipeline.Outcome outcome) {
    Double last = outcome.top1().last();
    Double first = outcome.top1().baseline();
    return first == null || last == null ? disagreement(outcome) : first - last;
  }

  private double disagreement(CompressionPipeline.Outcome outcome) {
    Graph original = session.source().folded();
    Graph compressed = outcome.state().network().graph();
    Double agreed =
        session.torch().agreement(original, compressed, session.data().heldOut(), null).top1();
    if (agreed == null) {
      throw new InvalidInputException(
          "setting 'max-drop' is told in points of classes got right, the network's outputs are no"
              + " classes: give a share to keep instead (setting 'keep-macs')");
    }
    return 100 - agreed;
  }

  /**
   * The smallest share of the multiply-accumulates found at which a trial loses no more than the
   * limit, by bisection: bases of few images, corrections, no fine-tuning.
   */
  public double smallestShare(double limit) {
    double below = ranks.smallestShare();
    double held = 1;
    for (int i = 1; i <= TRIES; i++) {
      double share = (below + held) / 2;
      double lost = trial(share);
      session
          .listener()
          .note(
              String.format(
                  Locale.ROOT,
                  "try %d of %d: %.3f of the MACs lose %.2f points",
                  i,
                  TRIES,
                  share,
                  lost));
      if (lost <= limit) {
        held = share;
      } else {
        below = share;
      }
    }
    return held;
  }

  private double trial(double share) {
    int images = new StageContext(session, options).learning(share).images();
    CompressionOptions cheap =
        options
            .with(options.bases().withLearnImages(Math.min(images, TRIAL_IMAGES)))
            .with(TuneOptions.NONE);
    RankAllocation allocation = ranks.within(Goal.keepMacs(share));
    return of(new CompressionPipeline(session, baseline, cheap).run(allocation));
  }
}
