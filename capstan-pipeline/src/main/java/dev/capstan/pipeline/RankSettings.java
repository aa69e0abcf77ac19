package dev.capstan.pipeline;

/**
 * How it is decided how many channels each space is given.
 *
 * @param goal what the network has to keep to
 */
public record RankSettings(Goal goal) {
  /** Half of the multiply-accumulates. */
  public static final RankSettings DEFAULT = keepMacs(0.5);

  /** A share of the multiply-accumulates, in (0, 1]. */
  public static RankSettings keepMacs(double share) {
    return new RankSettings(Goal.keepMacs(share));
  }
}
