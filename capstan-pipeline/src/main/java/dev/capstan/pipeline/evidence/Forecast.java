package dev.capstan.pipeline.evidence;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the sensitivities foretold of other shares of the multiply-accumulates.
 *
 * @param points from the original to the smallest
 * @param block what ranks on multiples would cost; null where that was not measured, or all are
 */
public record Forecast(List<Point> points, @Nullable Block block) {
  /** Copies the list. */
  public Forecast {
    points = List.copyOf(points);
  }

  /**
   * A network with ranks chosen by the sensitivities.
   *
   * @param kept share of the multiply-accumulates
   * @param error of its outputs, relative to their variation, before weights are corrected: the
   *     root of the summed rises
   * @param lost share of images that an error of this size costs: of those right by their labels,
   *     without labels of those that keep the original's class; null where outputs are no classes,
   *     and in records of versions that told none
   * @param latency measured in ONNX Runtime as a share of the original's, batch 1, one thread; null
   *     where it was not
   */
  public record Point(double kept, double error, @Nullable Double lost, @Nullable Double latency) {}

  /**
   * The result with each rank on the nearest multiple.
   *
   * @param multiple of what
   * @param macs its multiply-accumulates, as a share of the result's
   * @param latency measured, as a share of the result's, which was measured in the same way
   */
  public record Block(int multiple, double macs, double latency) {}
}
