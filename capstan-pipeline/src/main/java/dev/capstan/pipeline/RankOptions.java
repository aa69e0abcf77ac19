package dev.capstan.pipeline;

/**
 * How many channels each space is given.
 *
 * @param keepMacs share of the multiply-accumulates that may be kept, in (0, 1]
 */
public record RankOptions(double keepMacs) {
  /** Checks the share. */
  public RankOptions {
    if (!(keepMacs > 0 && keepMacs <= 1)) {
      throw new IllegalArgumentException("expected to keep a share in (0, 1], found " + keepMacs);
    }
  }
}
