package dev.capstan.pipeline.stage;

import dev.capstan.report.Quality.Decision;
import dev.capstan.report.Stage;
import java.util.List;

/** Something that is done to a network on its way through a compression. */
interface CompressionStage {
  /** The point after it, at which the network is judged. */
  Stage point();

  /** Whether what was decided before makes it needless. */
  default boolean isSpared(List<Decision> before) {
    return false;
  }

  /** Does it. */
  Result run(CompressionState before);

  /**
   * What came of a stage.
   *
   * @param state after it; images that were seen count in any case
   * @param kept whether the network is the stage's, not the one before
   * @param decision what was chosen, and why
   */
  record Result(CompressionState state, boolean kept, Decision decision) {}
}
