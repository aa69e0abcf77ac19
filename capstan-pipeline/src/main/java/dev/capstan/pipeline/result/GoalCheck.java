package dev.capstan.pipeline.result;

import dev.capstan.job.RankSettings;
import dev.capstan.ort.result.LatencyMillis;
import dev.capstan.report.CompressReport.Size;
import dev.capstan.report.GoalResult;
import dev.capstan.report.Scores;
import dev.capstan.report.Speed;
import java.util.OptionalDouble;

/** Whether a result is what was asked for. */
public final class GoalCheck {
  /** Two measurements of one network differ by as much on a busy machine. */
  private static final double NOISE = 0.05;

  private GoalCheck() {}

  /**
   * What came of a goal.
   *
   * @param lost points of accuracy, where that is the goal
   * @param last what the result was judged
   */
  public static GoalResult of(
      RankSettings settings, Size size, Speed speed, OptionalDouble lost, Scores last) {
    String asked = settings.asked();
    double amount = settings.goal().amount();
    if (settings.plan() != null) {
      return new GoalResult(asked, size.macs().kept(), true);
    }
    return switch (settings.goal().kind()) {
      case KEEP_MACS -> atMost(asked, size.macs().kept(), amount);
      case KEEP_PARAMETERS -> atMost(asked, size.parameters().kept(), amount);
      case LATENCY_MS -> {
        double millis = speed.batch1().after().oneThread();
        yield new GoalResult(asked, millis, millis <= amount * (1 + NOISE));
      }
      case LATENCY_SPEEDUP -> {
        double speedup = speedup(speed.batch1().before(), speed.batch1().after());
        yield new GoalResult(asked, speedup, speedup >= amount * (1 - NOISE));
      }
      case AUTO -> new GoalResult(asked, last.nearness(), last.nearness() >= amount);
      case MAX_DROP -> atMost(asked, lost.orElseThrow(), amount);
    };
  }

  private static GoalResult atMost(String asked, double reached, double amount) {
    return new GoalResult(asked, reached, reached <= amount);
  }

  private static double speedup(LatencyMillis before, LatencyMillis after) {
    return before.oneThread() / after.oneThread();
  }
}
