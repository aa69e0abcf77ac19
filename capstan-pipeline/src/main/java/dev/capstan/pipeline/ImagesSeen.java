package dev.capstan.pipeline;

/**
 * How many images the stages of a course saw, each counted as often as it was seen.
 *
 * @param calibration to measure activations
 * @param learning to learn bases
 * @param fineTuning to train the weights
 */
public record ImagesSeen(long calibration, long learning, long fineTuning) {
  /** All together. */
  public long all() {
    return calibration + learning + fineTuning;
  }
}
