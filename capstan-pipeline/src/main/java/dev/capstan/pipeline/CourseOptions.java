package dev.capstan.pipeline;

/**
 * What is done to a network, stage by stage.
 *
 * @param ranks how many channels are left
 * @param bases which ones
 * @param corrections what closed forms do to the weights
 * @param tuning how the smaller network is trained
 * @param seed of every random choice
 */
public record CourseOptions(
    RankSettings ranks,
    BasisOptions bases,
    Corrections corrections,
    TuneOptions tuning,
    long seed) {
  /** Half of the MACs, bases learned in one pass, no fine-tuning. */
  public static final CourseOptions DEFAULT =
      new CourseOptions(
          RankSettings.DEFAULT, BasisOptions.DEFAULT, Corrections.DEFAULT, TuneOptions.NONE, 1);

  /** The same with other ranks. */
  public CourseOptions with(RankSettings other) {
    return new CourseOptions(other, bases, corrections, tuning, seed);
  }

  /** The same with bases found in another way. */
  public CourseOptions with(BasisOptions other) {
    return new CourseOptions(ranks, other, corrections, tuning, seed);
  }

  /** The same with other corrections. */
  public CourseOptions with(Corrections other) {
    return new CourseOptions(ranks, bases, other, tuning, seed);
  }

  /** The same with another fine-tuning. */
  public CourseOptions with(TuneOptions other) {
    return new CourseOptions(ranks, bases, corrections, other, seed);
  }

  /** The same with other random choices. */
  public CourseOptions withSeed(long other) {
    return new CourseOptions(ranks, bases, corrections, tuning, other);
  }
}
