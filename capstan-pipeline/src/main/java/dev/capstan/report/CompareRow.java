package dev.capstan.report;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.capstan.job.CompareJob;
import dev.capstan.ort.Verification;
import dev.capstan.report.Quality.OwnMetric;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a method made of a network. In JSON a flat object.
 *
 * @param key what makes it another row than the others
 * @param cost of the network
 * @param ranks channels left in each space that can be compressed, by its name
 * @param quality how good it is, stage by stage
 * @param model what was found of the file
 * @param work what it took
 */
public record CompareRow(
    @JsonUnwrapped CompareJob.Key key,
    @JsonUnwrapped Cost cost,
    Map<String, Integer> ranks,
    @JsonUnwrapped RowQuality quality,
    @JsonUnwrapped Model model,
    @JsonUnwrapped Work work) {
  private static final String TOP1 = "top-1 in %";

  /** Multiply-accumulates for one input, and trained numbers. */
  public record Cost(long macs, long parameters) {}

  /**
   * How good a row's network is.
   *
   * @param top1 in percent; its figures are null where outputs are no classes
   * @param outputError relative squared error of each output against the original's, by name; empty
   *     where outputs are classes
   * @param metric the user's own, null for none
   * @param judgedOn number of images behind each figure
   */
  public record RowQuality(
      StageFigures top1,
      Map<String, StageFigures> outputError,
      @Nullable OwnMetric metric,
      long judgedOn) {}

  /**
   * What was found of the file.
   *
   * @param latencyMillis median time of one run in ONNX Runtime
   * @param verification how far ONNX Runtime's outputs are from the network in memory
   */
  public record Model(Speed latencyMillis, Verification verification) {}

  /**
   * What the row took.
   *
   * @param imagesSeen images in the steps of each stage
   * @param seconds wall time of its stages, judging included
   */
  public record Work(ImagesSeen imagesSeen, double seconds) {}

  /** What rows are compared by, in words: the user's metric, else accuracy, else output error. */
  public String figure() {
    OwnMetric metric = quality.metric();
    return metric != null ? metric.name() : quality.outputError().isEmpty() ? TOP1 : "output error";
  }

  /** Whether figures are shares of images. */
  public boolean isShare() {
    return figure().equals(TOP1);
  }

  /** That figure at each stage; with several outputs the mean of their errors. */
  public StageFigures figures() {
    OwnMetric metric = quality.metric();
    return metric != null
        ? metric.stages()
        : quality.outputError().isEmpty()
            ? quality.top1()
            : StageFigures.mean(List.copyOf(quality.outputError().values()));
  }
}
