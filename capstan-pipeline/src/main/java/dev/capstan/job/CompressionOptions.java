package dev.capstan.job;

/**
 * What is done to a network, stage by stage.
 *
 * @param ranks how many channels are left
 * @param bases which ones
 * @param corrections what closed forms do to the weights
 * @param tuning how the smaller network is trained
 * @param seed of every random choice
 */
public record CompressionOptions(
    RankSettings ranks,
    BasisOptions bases,
    Corrections corrections,
    TuneOptions tuning,
    long seed) {
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
    return new CompressionOptions(other, bases, corrections, tuning, seed);
  }

  /** The same with bases found in another way. */
  public CompressionOptions with(BasisOptions other) {
    return new CompressionOptions(ranks, other, corrections, tuning, seed);
  }

  /** The same with other corrections. */
  public CompressionOptions with(Corrections other) {
    return new CompressionOptions(ranks, bases, other, tuning, seed);
  }

  /** The same with another fine-tuning. */
  public CompressionOptions with(TuneOptions other) {
    return new CompressionOptions(ranks, bases, corrections, other, seed);
  }

  /** The same with other random choices. */
  public CompressionOptions withSeed(long other) {
    return new CompressionOptions(ranks, bases, corrections, tuning, other);
  }
}
