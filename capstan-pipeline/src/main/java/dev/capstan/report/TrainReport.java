package dev.capstan.report;

import dev.capstan.ort.Verification;
import dev.capstan.report.CompressReport.Machine;
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
 * @param imagesSeen images in all steps
 * @param seconds wall time of the whole job, of its last run if it was stopped
 * @param seed of every random choice
 * @param machine what it ran on and with
 * @param skippedImages images left out, each with what is wrong with it
 * @param files what was written
 */
public record TrainReport(
    @Nullable Scores before,
    @Nullable Scores after,
    Verification verification,
    @Nullable UncompressedTail tail,
    long imagesSeen,
    double seconds,
    long seed,
    Machine machine,
    List<String> skippedImages,
    Files files) {

  /** What was written. */
  public record Files(String model, String record) {}
}
