package dev.capstan.report;

/**
 * How many images the stages of a course saw, each counted as often as it was seen.
 *
 * @param calibration to measure sensitivities, activations and their moments
 * @param learning to learn bases
 * @param refit to solve for weights
 * @param fineTuning to train the weights
 */
public record ImagesSeen(long calibration, long learning, long refit, long fineTuning) {
  /** None yet. */
  public static final ImagesSeen NONE = new ImagesSeen(0, 0, 0, 0);

  /** All together. */
  public long all() {
    return calibration + learning + refit + fineTuning;
  }

  public ImagesSeen calibrated(long more) {
    return new ImagesSeen(calibration + more, learning, refit, fineTuning);
  }

  public ImagesSeen learned(long more) {
    return new ImagesSeen(calibration, learning + more, refit, fineTuning);
  }

  public ImagesSeen refitted(long more) {
    return new ImagesSeen(calibration, learning, refit + more, fineTuning);
  }

  public ImagesSeen fineTuned(long more) {
    return new ImagesSeen(calibration, learning, refit, fineTuning + more);
  }
}
