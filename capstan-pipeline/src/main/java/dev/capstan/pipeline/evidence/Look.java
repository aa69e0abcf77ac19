package dev.capstan.pipeline.evidence;

import dev.capstan.error.InvalidInputException;
import dev.capstan.pipeline.input.Session;
import dev.capstan.pipeline.result.LatencyTiming;
import dev.capstan.pipeline.stage.CompressionPipeline.Outcome;
import dev.capstan.pipeline.stage.RankStage;
import dev.capstan.rank.Plan;
import dev.capstan.rank.allocate.RankAllocation;
import dev.capstan.recipe.stage.Choices;
import dev.capstan.report.UncompressedTail;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a result before its record is written. That takes a small part of what the job took:
 * what would take more is left out, and so is what cannot be had of this network.
 *
 * @param outcome the result
 * @param thumbnails whether images are shown
 */
public record Look(Session session, RankStage ranks, Outcome outcome, boolean thumbnails) {
  private static final Duration TIMED = Duration.ofMillis(250);

  /** Runs and loads of a network that timing one takes, about. */
  private static final int RUNS = 30;

  /** Networks that are timed for a forecast, about. */
  private static final int NETWORKS = 10;

  /** Of the time that the job took. */
  private static final double SHARE = 0.05;

  /**
   * What can be looked at.
   *
   * @param file the result
   * @param tail what was carried over unchanged, null for nothing
   * @param courses how losses went
   * @param seconds what the job took so far
   * @param millis what a run of the original takes
   */
  public Evidence at(
      Path file,
      @Nullable UncompressedTail tail,
      List<Course> courses,
      double seconds,
      double millis) {
    RankAllocation chosen = outcome.state().allocation();
    double each = TIMED.toMillis() / 1e3 + RUNS * millis / 1e3;
    boolean hasTime = NETWORKS * each < SHARE * seconds;
    if (hasTime) {
      session.listener().note("timing what the page shows");
    }
    return new Evidence(
        NetworkMap.of(
            chosen.spaces(), chosen.ranks(), outcome.state().network().graph(), ranks.measured()),
        unlessRefused(() -> new Forecaster(session, ranks).of(chosen, hasTime)),
        courses,
        2 * each < SHARE * seconds ? unlessRefused(() -> kernels(file, tail)) : null,
        changes(),
        new OutputPictures(session).of(outcome.state().network().graph()));
  }

  /** What can be looked at of a plan: nothing is timed. */
  public static Evidence ahead(Session session, RankStage ranks, Plan plan) {
    RankAllocation planned = ranks.again(plan.ranks().bySpace());
    NetworkMap map =
        NetworkMap.of(planned.spaces(), planned.ranks(), planned.graph(), ranks.measured());
    return Evidence.of(map, new Forecaster(session, ranks).of(planned, false));
  }

  /** A page without a part is better than none. */
  private <T> @Nullable T unlessRefused(Supplier<@Nullable T> part) {
    try {
      return part.get();
    } catch (InvalidInputException refused) {
      String why = session.source().stored().alias().named(String.valueOf(refused.getMessage()));
      session.listener().note("left out of the page: " + why);
      return null;
    }
  }

  private KernelTimes kernels(Path file, @Nullable UncompressedTail tail) {
    return KernelTimes.of(LatencyTiming.kernels(session.input(), file, tail));
  }

  private @Nullable ClassChanges changes() {
    Choices choices = outcome.choices();
    return choices == null
        ? null
        : new ClassComparison(session.scorer().images().store(), choices, thumbnails).changes();
  }
}
