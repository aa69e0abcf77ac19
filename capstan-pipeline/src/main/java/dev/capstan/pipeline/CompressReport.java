package dev.capstan.pipeline;

import dev.capstan.ort.LatencyMillis;
import dev.capstan.ort.Verification;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came of a job.
 *
 * @param macs multiply-accumulates for one input
 * @param parameters trained numbers
 * @param fileBytes size of the ONNX files
 * @param top1 in percent
 * @param top5 in percent
 * @param latencyMillis median time of one run in ONNX Runtime, batch 1
 * @param verification how far ONNX Runtime's outputs are from the network in memory
 * @param imagesSeen images in all steps of calibration, learning and fine-tuning
 * @param seconds wall time of the whole job
 * @param seed of every random choice
 * @param machine what it ran on and with
 * @param skippedImages images left out, each with what is wrong with it
 * @param files what was written
 */
public record CompressReport(
    Change macs,
    Change parameters,
    Change fileBytes,
    Stages top1,
    Stages top5,
    Latencies latencyMillis,
    Verification verification,
    long imagesSeen,
    double seconds,
    long seed,
    Machine machine,
    List<String> skippedImages,
    Files files) {

  /** A count before and after compression. */
  public record Change(long before, long after) {
    /** What is kept, as a share. */
    public double kept() {
      return (double) after / before;
    }
  }

  /** A figure at each stage, null where a stage was not run or there is nothing to judge by. */
  public record Stages(
      @Nullable Double baseline, @Nullable Double projected, @Nullable Double fineTuned) {}

  /** Latency before and after. */
  public record Latencies(LatencyMillis before, LatencyMillis after) {}

  /** What the job ran on and with. */
  public record Machine(String processor, int threads, String precision, String imageDecoder) {}

  /** What was written. */
  public record Files(String model, String bases, String record) {}
}
