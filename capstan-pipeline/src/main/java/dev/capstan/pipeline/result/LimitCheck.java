package dev.capstan.pipeline.result;

import dev.capstan.job.EvaluateJob.Limits;
import dev.capstan.report.Scores;
import dev.capstan.report.Speed;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Which limits a model has missed, and by how much. */
public final class LimitCheck {
  private final List<String> missed = new ArrayList<>();

  private LimitCheck() {}

  /**
   * Compares figures with limits.
   *
   * @param speed null where it was not measured
   * @return what was missed, in words: empty if nothing was
   */
  public static List<String> missed(Limits limits, Scores scores, @Nullable Speed speed) {
    LimitCheck check = new LimitCheck();
    check.atLeast("top-1", scores.top1(), "min-top1", limits.minTop1());
    check.atLeast("agreement", scores.agreement(), "min-agreement", limits.minAgreement());
    scores
        .outputError()
        .forEach(
            (name, error) ->
                check.atMost(
                    "error of '%s'".formatted(name), error, "max-error", limits.maxError()));
    Double ratio = speed == null ? null : speed.ratio();
    check.atMost("latency ratio", ratio, "max-latency-ratio", limits.maxLatencyRatio());
    return check.missed;
  }

  private void atLeast(
      String what, @Nullable Double found, String setting, @Nullable Double limit) {
    if (limit != null && found != null && !(found >= limit)) {
      add("%s %.4g is %.2g below setting '%s' %s", what, found, limit - found, setting, limit);
    }
  }

  private void atMost(String what, @Nullable Double found, String setting, @Nullable Double limit) {
    if (limit != null && found != null && !(found <= limit)) {
      add("%s %.4g is %.2g above setting '%s' %s", what, found, found - limit, setting, limit);
    }
  }

  private void add(String format, Object... values) {
    missed.add(String.format(Locale.ROOT, format, values));
  }
}
