package dev.capstan.report;

import dev.capstan.ort.Verification;
import dev.capstan.recipe.Method;
import dev.capstan.report.CompressReport.OwnMetric;
import dev.capstan.report.CompressReport.Stages;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a method made of a network.
 *
 * @param keepMacs share of the multiply-accumulates that it was allowed
 * @param seed of its random choices
 * @param macs multiply-accumulates for one input
 * @param parameters trained numbers
 * @param ranks channels left in each space that can be compressed, by its name
 * @param top1 in percent; its figures are null where outputs are no classes
 * @param outputError relative squared error of each output against the original's, by name; empty
 *     where outputs are classes
 * @param metric the user's own, null for none
 * @param judgedOn number of images behind each figure
 * @param latencyMillis median time of one run in ONNX Runtime
 * @param verification how far ONNX Runtime's outputs are from the network in memory
 * @param imagesSeen images in the steps of each stage
 * @param seconds wall time of its stages, judging included
 */
public record CompareRow(
    Method method,
    double keepMacs,
    long seed,
    long macs,
    long parameters,
    Map<String, Integer> ranks,
    Stages top1,
    Map<String, Stages> outputError,
    @Nullable OwnMetric metric,
    long judgedOn,
    Speed latencyMillis,
    Verification verification,
    ImagesSeen imagesSeen,
    double seconds) {
  /** What rows are compared by, in words: the user's metric, else accuracy, else output error. */
  public String figure() {
    return metric != null ? metric.name() : outputError.isEmpty() ? TOP1 : "output error";
  }

  /** Whether figures are shares of images. */
  public boolean isShare() {
    return figure().equals(TOP1);
  }

  /** That figure at each stage; with several outputs the mean of their errors. */
  public Stages figures() {
    return metric != null
        ? metric.stages()
        : outputError.isEmpty() ? top1 : Stages.mean(List.copyOf(outputError.values()));
  }

  private static final String TOP1 = "top-1 in %";
}
