package dev.capstan.pipeline;

import dev.capstan.ort.LatencyMillis;
import dev.capstan.pipeline.CompressReport.Change;
import java.util.OptionalDouble;

/**
 * What was asked for, and what came of it.
 *
 * @param asked the goal, or the plan
 * @param reached in the goal's unit; the share of the multiply-accumulates for a plan
 * @param met whether that is good enough; the result is written in any case
 */
public record Reached(String asked, double reached, boolean met) {
  /** Two measurements of one network differ by as much on a busy machine. */
  private static final double NOISE = 0.05;

  static Reached of(
      RankSettings settings, Change macs, Change parameters, Speed speed, OptionalDouble lost) {
    String asked = settings.asked();
    double amount = settings.goal().amount();
    LatencyMillis before = speed.batch1().before();
    LatencyMillis after = speed.batch1().after();
    double speedup = before.oneThread() / after.oneThread();
    if (settings.plan() != null) {
      return new Reached(asked, macs.kept(), true);
    }
    return switch (settings.goal().kind()) {
      case KEEP_MACS -> new Reached(asked, macs.kept(), macs.kept() <= amount);
      case KEEP_PARAMETERS -> new Reached(asked, parameters.kept(), parameters.kept() <= amount);
      case LATENCY_MS ->
          new Reached(asked, after.oneThread(), after.oneThread() <= amount * (1 + NOISE));
      case LATENCY_SPEEDUP -> new Reached(asked, speedup, speedup >= amount * (1 - NOISE));
      case MAX_DROP -> new Reached(asked, lost.orElseThrow(), lost.orElseThrow() <= amount);
    };
  }
}
