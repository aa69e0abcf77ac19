package dev.capstan.pipeline;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How the compressed network is trained.
 *
 * @param epochs passes over the data, 0 for none
 * @param checkpoint file to go on from and to write after each pass, null for none
 */
public record TuneOptions(int epochs, @Nullable Path checkpoint) {
  /** No fine-tuning. */
  public static final TuneOptions NONE = of(0);

  /** Checks the number. */
  public TuneOptions {
    if (epochs < 0) {
      throw new IllegalArgumentException(epochs + " epochs to fine-tune");
    }
  }

  /** So many passes, from the start. */
  public static TuneOptions of(int epochs) {
    return new TuneOptions(epochs, null);
  }
}
