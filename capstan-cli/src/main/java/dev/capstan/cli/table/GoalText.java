package dev.capstan.cli.table;

import dev.capstan.rank.Goal;
import dev.capstan.report.CompressReport;
import dev.capstan.report.GoalResult;
import java.util.Locale;

/** What was asked for, and what came of it, in words. */
public final class GoalText {
  private static final String AUTOMATIC = Goal.AUTOMATIC.toString();

  private GoalText() {}

  /** Of a result: {@code keep-macs 0.5 was asked for, 0.498 reached}. */
  public static String of(CompressReport report) {
    GoalResult goal = report.goal();
    if (!goal.asked().equals(AUTOMATIC)) {
      return String.format(
          Locale.ROOT, "%s was asked for, %.3f reached", goal.asked(), goal.reached());
    }
    double asked = Goal.AUTOMATIC.amount();
    return report.quality().lost().agreement() != null
        ? String.format(
            Locale.ROOT,
            "the original's class for %.0f %% of the images was asked for, %.1f %% reached",
            100 * asked,
            100 * goal.reached())
        : String.format(
            Locale.ROOT,
            "%s off by at most %.3g of their variation were asked for, %.3g reached",
            report.model().tail() == null ? "outputs" : "tensors before the tail",
            Goal.largestError(asked),
            Goal.largestError(goal.reached()));
  }

  /** Of a job that is to be done: {@code keep-macs 0.5}. */
  public static String asked(String goal) {
    return goal.equals(AUTOMATIC)
        ? "what stays nearly as it was: 0.75, 0.5 or 0.35 of the MACs"
        : goal;
  }
}
