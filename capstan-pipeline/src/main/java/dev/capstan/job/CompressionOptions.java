package dev.capstan.job;

/**
 * What is done to a network, stage by stage.
 *
 * @param ranks how many channels are left
 * @param bases which ones
 * @param corrections what closed forms do to the weights
 * @param tuning how the smaller network is trained
 * @param seed of every random choice
 * @param effort how much is computed
 */
public record CompressionOptions(
    RankSettings ranks,
    BasisOptions bases,
    Corrections corrections,
    TuneOptions tuning,
    long seed,
    Effort effort) {
  /** Options of versions that could not choose leave the effort to what suits. */
  public CompressionOptions {
    effort = effort == null ? Effort.AUTOMATIC : effort;
  }

  /** Options at the effort that suits the network and the images. */
  public CompressionOptions(
      RankSettings ranks,
      BasisOptions bases,
      Corrections corrections,
      TuneOptions tuning,
      long seed) {
    this(ranks, bases, corrections, tuning, seed, Effort.AUTOMATIC);
  }

  /**
   * How much is computed. From seconds follow forward runs, once some were timed; from these, and
   * not from a clock, follows all that is done.
   *
   * @param seconds that the job may take on the machine that runs it, 0 for as long as suits
   * @param forwardRuns of one image through the original that its stages may cost together,
   *     gradients counted too; 0 for what suits, or what the seconds buy
   */
  public record Effort(double seconds, long forwardRuns) {
    /** As long as suits. */
    public static final Effort AUTOMATIC = new Effort(0, 0);

    /** Checks the ranges. */
    public Effort {
      if (!(seconds >= 0) || forwardRuns < 0) {
        throw new IllegalArgumentException(
            "effort of %s seconds, %d forward runs".formatted(seconds, forwardRuns));
      }
    }
  }

  /** Half of the MACs, bases learned in one pass, then all weights for as long as suits. */
  public static final CompressionOptions DEFAULT =
      new CompressionOptions(
          RankSettings.DEFAULT,
          BasisOptions.DEFAULT,
          Corrections.DEFAULT,
          TuneOptions.AUTOMATIC,
          1);

  /** The same with other ranks. */
  public CompressionOptions with(RankSettings other) {
    return new CompressionOptions(other, bases, corrections, tuning, seed, effort);
  }

  /** The same with bases found in another way. */
  public CompressionOptions with(BasisOptions other) {
    return new CompressionOptions(ranks, other, corrections, tuning, seed, effort);
  }

  /** The same with other corrections. */
  public CompressionOptions with(Corrections other) {
    return new CompressionOptions(ranks, bases, other, tuning, seed, effort);
  }

  /** The same with another fine-tuning. */
  public CompressionOptions with(TuneOptions other) {
    return new CompressionOptions(ranks, bases, corrections, other, seed, effort);
  }

  /** The same at another effort. */
  public CompressionOptions with(Effort other) {
    return new CompressionOptions(ranks, bases, corrections, tuning, seed, other);
  }

  /** The same with other random choices. */
  public CompressionOptions withSeed(long other) {
    return new CompressionOptions(ranks, bases, corrections, tuning, other, effort);
  }
}
