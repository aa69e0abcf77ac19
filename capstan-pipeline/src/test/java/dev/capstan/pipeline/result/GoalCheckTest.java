package dev.capstan.pipeline.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.capstan.job.RankSettings;
import dev.capstan.ort.result.LatencyMillis;
import dev.capstan.rank.Goal;
import dev.capstan.rank.Goal.Kind;
import dev.capstan.report.CompressReport.Change;
import dev.capstan.report.CompressReport.Size;
import dev.capstan.report.GoalResult;
import dev.capstan.report.Scores;
import dev.capstan.report.Speed;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whether a result of half the MACs and a quarter of the parameters is what was asked for. */
final class GoalCheckTest {
  private static final Size SIZE =
      new Size(new Change(200, 100), new Change(200, 50), new Change(1000, 900), Map.of());

  private static Speed speed(double before, double after) {
    // Other threads are slower here, as for tiny networks: they do not count.
    return new Speed(
        new Speed.Latencies(new LatencyMillis(before, 100), new LatencyMillis(after, 100)),
        null,
        true,
        0);
  }

  private static GoalResult of(Kind kind, double amount, Speed speed, OptionalDouble lost) {
    RankSettings settings = RankSettings.DEFAULT.with(new Goal(kind, amount));
    return GoalCheck.of(settings, SIZE, speed, lost, scores(1.0, 0));
  }

  private static GoalResult share(Kind kind, double amount) {
    return of(kind, amount, speed(1, 1), OptionalDouble.empty());
  }

  private static GoalResult timed(Kind kind, double amount, double before, double after) {
    return of(kind, amount, speed(before, after), OptionalDouble.empty());
  }

  private static GoalResult lost(double limit, double points) {
    return of(Kind.MAX_DROP, limit, speed(1, 1), OptionalDouble.of(points));
  }

  @Test
  void aShareOfTheMacsIsMetExactlyAtTheLimit() {
    assertThat(share(Kind.KEEP_MACS, 0.5)).isEqualTo(new GoalResult("keep-macs 0.5", 0.5, true));
    assertThat(share(Kind.KEEP_MACS, Math.nextDown(0.5)).met()).isFalse();
  }

  @Test
  void aShareOfTheParametersIsMetExactlyAtTheLimit() {
    assertThat(share(Kind.KEEP_PARAMETERS, 0.25))
        .isEqualTo(new GoalResult("keep-parameters 0.25", 0.25, true));
    assertThat(share(Kind.KEEP_PARAMETERS, Math.nextDown(0.25)).met()).isFalse();
  }

  @Test
  void aDropIsMetExactlyAtTheLimit() {
    assertThat(lost(1.5, 1.5)).isEqualTo(new GoalResult("max-drop 1.5", 1.5, true));
    assertThat(lost(1.5, -3)).isEqualTo(new GoalResult("max-drop 1.5", -3, true));
    assertThat(lost(1.5, Math.nextUp(1.5)).met()).isFalse();
  }

  private static Scores scores(@Nullable Double agreement, double error) {
    return new Scores(null, null, null, Map.of("y", error, "z", 0.0), agreement, null, null, 100);
  }

  private static GoalResult near(@Nullable Double agreement, double error) {
    RankSettings settings = RankSettings.DEFAULT.with(Goal.AUTOMATIC);
    Scores last = scores(agreement, error);
    return GoalCheck.of(settings, SIZE, speed(1, 1), OptionalDouble.empty(), last);
  }

  @Test
  void withoutAGoalClassesAreKeptElseNoOutputIsOffByMuch() {
    assertThat(near(0.95, 9)).isEqualTo(new GoalResult("auto 0.95", 0.95, true));
    assertThat(near(Math.nextDown(0.95), 0).met()).isFalse();
    assertThat(near(null, 0.0999).met()).isTrue();
    assertThat(near(null, 0.1001).met()).isFalse();
  }

  @Test
  void aLatencyMayBeOverTheLimitByNoise() {
    assertThat(timed(Kind.LATENCY_MS, 2, 9, 2.09))
        .isEqualTo(new GoalResult("latency-ms 2.0", 2.09, true));
    assertThat(timed(Kind.LATENCY_MS, 2, 9, 2.11).met()).isFalse();
  }

  @Test
  void aSpeedupMayBeUnderTheLimitByNoise() {
    assertThat(timed(Kind.LATENCY_SPEEDUP, 2, 1.91, 1))
        .isEqualTo(new GoalResult("latency-speedup 2.0", 1.91, true));
    assertThat(timed(Kind.LATENCY_SPEEDUP, 2, 1.89, 1).met()).isFalse();
    assertThat(timed(Kind.LATENCY_SPEEDUP, 2, 3, 4).reached()).isCloseTo(0.75, within(1e-12));
  }

  @Test
  void aPlanIsMetWhateverTheGoal() {
    RankSettings settings =
        RankSettings.DEFAULT.with(Goal.keepMacs(0.1)).withPlan(Path.of("plan.json"));

    assertThat(GoalCheck.of(settings, SIZE, speed(1, 1), OptionalDouble.empty(), scores(0.0, 1)))
        .isEqualTo(new GoalResult("plan plan.json", 0.5, true));
  }
}
