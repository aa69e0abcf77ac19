package dev.capstan.report;

import dev.capstan.ort.result.LatencyMillis;
import org.jspecify.annotations.Nullable;

/**
 * Median times of one run in ONNX Runtime, before and after compression.
 *
 * @param batch1 one input a run
 * @param batch32 32 inputs a run, null where the model fixes its batch, or runs image by image only
 * @param whole whether whole files were timed; if not, the part before what ONNX Runtime cannot run
 * @param casts share of the result's time in which this processor, which has no kernels for 16-bit
 *     numbers, converts them; 0 where the network has none
 */
public record Speed(Latencies batch1, @Nullable Latencies batch32, boolean whole, double casts) {
  /** Latency before and after. */
  public record Latencies(LatencyMillis before, LatencyMillis after) {}

  /** Time of a run after compression in those of one before it: batch 1, one thread. */
  public double ratio() {
    return batch1.after().oneThread() / batch1.before().oneThread();
  }

  /** The share of the processor that other work had while {@link #batch1} was timed. */
  public double othersShare() {
    Double own = batch1.after().processorShare();
    return own == null ? 0 : 1 - own;
  }
}
