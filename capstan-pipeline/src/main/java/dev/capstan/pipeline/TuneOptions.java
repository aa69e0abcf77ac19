package dev.capstan.pipeline;

/**
 * How the compressed network is trained.
 *
 * @param epochs passes over the data, 0 for none
 */
public record TuneOptions(int epochs) {
  /** No fine-tuning. */
  public static final TuneOptions NONE = new TuneOptions(0);

  /** Checks the number. */
  public TuneOptions {
    if (epochs < 0) {
      throw new IllegalArgumentException(epochs + " epochs to fine-tune");
    }
  }
}
