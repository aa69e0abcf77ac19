package dev.capstan.job;

import dev.capstan.rank.Goal;
import dev.capstan.rank.RankOptions;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How it is decided how many channels each space is given.
 *
 * @param goal what the network has to keep to; unused where there is a plan
 * @param options which ranks there are to choose from
 * @param policy how they are chosen
 * @param streams what becomes of residual streams
 * @param plan a file with the ranks, null to choose them
 * @param measuring how sensitivities come about
 */
public record RankSettings(
    Goal goal,
    RankOptions options,
    Policy policy,
    ResidualPolicy streams,
    @Nullable Path plan,
    Measuring measuring) {
  /** Settings of versions that could not choose measure anew. */
  public RankSettings {
    measuring = measuring == null ? Measuring.DEFAULT : measuring;
  }

  /** How ranks are chosen within a budget. */
  public enum Policy {
    /** One ratio for all spaces. */
    UNIFORM,
    /** So that the outputs move least, by measurement of each space. */
    SENSITIVITY
  }

  /**
   * How sensitivities come about.
   *
   * @param images to measure on, at most; 0 for what suits the network's size
   * @param curves file that holds them: what it holds is not measured again; a plan's file will do.
   *     One that is not there yet is written. Null to measure everything and keep nothing
   */
  public record Measuring(int images, @Nullable Path curves) {
    /** Measured anew. */
    public static final Measuring DEFAULT = new Measuring(0, null);
  }

  /** Half of the multiply-accumulates. */
  public static final RankSettings DEFAULT =
      new RankSettings(
          Goal.keepMacs(0.5),
          RankOptions.DEFAULT,
          Policy.SENSITIVITY,
          ResidualPolicy.AUTO,
          null,
          Measuring.DEFAULT);

  /** The same with another goal. */
  public RankSettings with(Goal other) {
    return new RankSettings(other, options, policy, streams, plan, measuring);
  }

  /** The same with ranks chosen in another way. */
  public RankSettings with(Policy other) {
    return new RankSettings(goal, options, other, streams, plan, measuring);
  }

  /** The same with other ranks to choose from. */
  public RankSettings with(RankOptions other) {
    return new RankSettings(goal, other, policy, streams, plan, measuring);
  }

  /** The same with residual streams treated in another way. */
  public RankSettings with(ResidualPolicy other) {
    return new RankSettings(goal, options, policy, other, plan, measuring);
  }

  /** The same with sensitivities that come about in another way. */
  public RankSettings with(Measuring other) {
    return new RankSettings(goal, options, policy, streams, plan, other);
  }

  /** The ranks of a file. */
  public RankSettings withPlan(Path file) {
    return new RankSettings(goal, options, policy, streams, file, measuring);
  }

  /** Whether the size of the network hangs on what it loses. */
  public boolean searchesDrop() {
    return plan == null && goal.kind() == Goal.Kind.MAX_DROP;
  }

  /** Whether a few sizes are tried. */
  public boolean searchesShare() {
    return plan == null && goal.kind() == Goal.Kind.AUTO;
  }

  /** As it is asked for. */
  public String asked() {
    return plan == null ? goal.toString() : "plan " + plan;
  }
}
