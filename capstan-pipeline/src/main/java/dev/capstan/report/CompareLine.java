package dev.capstan.report;

import dev.capstan.recipe.Method;
import dev.capstan.report.CompressReport.Stages;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one method at one budget, averaged over their seeds.
 *
 * @param seeds how many there are
 * @param latencyShare of the original's, timed in turns with it: batch 1, one thread. Rows run
 *     hours apart, perhaps beside other work, so their milliseconds tell nothing of each other.
 * @param figures what rows are compared by; null where a stage was not run for all seeds
 * @param beforeTuning that after the last stage before fine-tuning
 * @param afterTuning that after fine-tuning, null without
 * @param imagesSeen in all stages
 */
public record CompareLine(
    Method method,
    double keepMacs,
    int seeds,
    long macs,
    long parameters,
    double latencyShare,
    Stages figures,
    Estimate beforeTuning,
    @Nullable Estimate afterTuning,
    double imagesSeen,
    double seconds) {

  /**
   * A mean and its standard error: that of judging shares by so many images, and with several seeds
   * that of so few seeds.
   */
  public record Estimate(double mean, double standardError) {
    private static Estimate of(List<Double> found, CompareRow row) {
      double mean = CompareLine.mean(found, Double::doubleValue);
      double sampling = row.isShare() ? mean * (100 - mean) / row.judgedOn() : 0;
      double spread = CompareLine.mean(found, value -> (value - mean) * (value - mean));
      double ofSeeds = found.size() < 2 ? 0 : spread / (found.size() - 1);
      return new Estimate(mean, Math.sqrt(sampling + ofSeeds));
    }
  }

  /** The mean of rows that differ in their seeds alone. */
  static CompareLine of(List<CompareRow> rows) {
    CompareRow first = rows.get(0);
    List<Stages> stages = rows.stream().map(CompareRow::figures).toList();
    return new CompareLine(
        first.method(),
        first.keepMacs(),
        rows.size(),
        first.macs(),
        first.parameters(),
        mean(rows, CompareLine::latencyShare),
        Stages.mean(stages),
        Objects.requireNonNull(estimate(stages, Stages::beforeTuning, first)),
        estimate(stages, Stages::fineTuned, first),
        mean(rows, row -> row.imagesSeen().all()),
        mean(rows, CompareRow::seconds));
  }

  private static double latencyShare(CompareRow row) {
    Speed.Latencies single = row.latencyMillis().batch1();
    return single.after().oneThread() / single.before().oneThread();
  }

  private static @Nullable Estimate estimate(
      List<Stages> stages, Function<Stages, @Nullable Double> figure, CompareRow row) {
    List<Double> found = stages.stream().map(figure).filter(Objects::nonNull).toList();
    return found.size() < stages.size() ? null : Estimate.of(found, row);
  }

  private static <T> double mean(List<T> values, ToDoubleFunction<T> figure) {
    return values.stream().mapToDouble(figure).average().orElseThrow();
  }
}
