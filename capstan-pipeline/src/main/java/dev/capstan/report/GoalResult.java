package dev.capstan.report;

import dev.capstan.job.RankSettings;
import dev.capstan.ort.LatencyMillis;
import dev.capstan.report.CompressReport.Change;
import java.util.OptionalDouble;

/**
 * What was asked for, and what came of it.
 *
 * @param asked the goal, or the plan
 * @param reached in the goal's unit; the share of the multiply-accumulates for a plan
 * @param met whether that is good enough; the result is written in any case
 */
public record GoalResult(String asked, double reached, boolean met) {
  /** Two measurements of one network differ by as much on a busy machine. */
  private static final double NOISE = 0.05;

  public static GoalResult of(
      RankSettings settings, Change macs, Change parameters, Speed speed, OptionalDouble lost) {
    String asked = settings.asked();
    double amount = settings.goal().amount();
    LatencyMillis before = speed.batch1().before();
    LatencyMillis after = speed.batch1().after();
    double speedup = before.oneThread() / after.oneThread();
    if (settings.plan() != null) {
      return new GoalResult(asked, macs.kept(), true);
    }
    return switch (settings.goal().kind()) {
      case KEEP_MACS -> new GoalResult(asked, macs.kept(), macs.kept() <= amount);
      case KEEP_PARAMETERS -> new GoalResult(asked, parameters.kept(), parameters.kept() <= amount);
      case LATENCY_MS ->
          new GoalResult(asked, after.oneThread(), after.oneThread() <= amount * (1 + NOISE));
      case LATENCY_SPEEDUP -> new GoalResult(asked, speedup, speedup >= amount * (1 - NOISE));
      case MAX_DROP -> new GoalResult(asked, lost.orElseThrow(), lost.orElseThrow() <= amount);
    };
  }
}
