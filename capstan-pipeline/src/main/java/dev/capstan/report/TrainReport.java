package dev.capstan.report;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.capstan.ort.result.Verification;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came of training.
 *
 * @param before accuracy and loss of the network as it came, or how far its outputs are from the
 *     teacher's; null if there is nothing to judge by
 * @param after the same of the result
 * @param verification how far ONNX Runtime's outputs are from the network in memory
 * @param tail what comes after the part that was trained, null if that is all
 * @param work what it took; in JSON its fields stand beside the others
 * @param files what was written
 */
public record TrainReport(
    @Nullable Scores before,
    @Nullable Scores after,
    Verification verification,
    @Nullable UncompressedTail tail,
    @JsonUnwrapped Work work,
    Files files) {
  /**
   * What the job took.
   *
   * @param imagesSeen images in all steps
   * @param seconds wall time of the whole job, of its last run if it was stopped
   * @param seed of every random choice
   * @param machine what it ran on and with
   * @param skippedImages images left out, each with what is wrong with it
   */
  public record Work(
      long imagesSeen, double seconds, long seed, Machine machine, List<String> skippedImages) {}

  /** What was written. */
  public record Files(String model, String record) {}
}
