package dev.capstan.pipeline.stage;

import dev.capstan.graph.Graph;
import dev.capstan.job.CompressionOptions;
import dev.capstan.pipeline.input.Session;
import java.util.function.LongSupplier;

/**
 * A compression that was checked and planned, and has done nothing yet.
 *
 * @param ranks what will choose them
 * @param plan what the stages will look at
 */
public record PlannedWork(RankStage ranks, WorkPlan plan) {
  /**
   * A clock that runs since a job began.
   *
   * @param nanoTime what it goes by
   * @param began what that said then
   */
  public record Elapsed(LongSupplier nanoTime, long began) {
    /** Seconds since then. */
    public double seconds() {
      return (nanoTime.getAsLong() - began) * 1e-9;
    }
  }

  /**
   * Checks a session's network and images, times a few runs and plans. Of what a job can fail by,
   * what is found out soonest comes first.
   *
   * @throws dev.capstan.error.InvalidInputException if the job cannot be done
   */
  public static PlannedWork of(Session session, CompressionOptions options, Elapsed elapsed) {
    RankStage ranks = new RankStage(session, options.ranks(), options.seed());
    session.look(true);
    ranks.check();
    Graph original = session.source().folded();
    double pace =
        session.torch().secondsPerRun(original, session.data().seen(), elapsed.nanoTime());
    WorkPlan plan = new WorkPlanner(session, ranks, options).plan(pace, elapsed.seconds());
    return new PlannedWork(ranks, plan);
  }
}
