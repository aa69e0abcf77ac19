package dev.capstan.pipeline.stage;

import dev.capstan.job.CompressionOptions;
import dev.capstan.job.TuneOptions;
import dev.capstan.pipeline.input.Session;
import dev.capstan.rank.Goal;
import dev.capstan.rank.allocate.RankAllocation;
import dev.capstan.recipe.Method;
import dev.capstan.report.Scores;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The share of the multiply-accumulates that a network can do with, where none is asked for.
 *
 * @param baseline of the original, null where there is nothing to judge by
 * @param ranks what chooses the ranks of a share
 */
public record ShareSearch(
    Session session, @Nullable Scores baseline, RankStage ranks, CompressionOptions options) {
  static final double LARGEST = 0.75;
  private static final List<Double> SMALLER = List.of(0.5, 0.35);

  /** Networks that are tried at most. */
  static final int TRIES = SMALLER.size();

  /**
   * The ranks of the smallest of three shares. Smaller ones are taken as long as a short try of
   * them, closed forms alone, is as near to the original as the goal asks for.
   *
   * @throws dev.capstan.error.InvalidInputException if not even the largest can be met
   */
  public RankAllocation smallest() {
    RankAllocation found = ranks.within(Goal.keepMacs(LARGEST));
    for (double share : SMALLER) {
      if (share < ranks.smallestShare()) {
        return found;
      }
      RankAllocation next = ranks.within(Goal.keepMacs(share));
      if (!isNear(share, next)) {
        return found;
      }
      found = next;
    }
    return found;
  }

  private boolean isNear(double share, RankAllocation allocation) {
    CompressionOptions cheap =
        options.with(options.bases().with(Method.ACTIVATION)).with(TuneOptions.NONE);
    double nearness =
        new CompressionPipeline(session, baseline, cheap).run(allocation).last().nearness();
    double asked = options.ranks().goal().amount();
    String said = nearness >= asked ? "near enough" : "too far, the larger one is taken";
    session
        .listener()
        .note(
            String.format(
                Locale.ROOT,
                "a try of %.2f of the MACs: agreement %.3f of %.3f asked for: %s",
                share,
                nearness,
                asked,
                said));
    return nearness >= asked;
  }
}
