package dev.capstan.report;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.capstan.recipe.Method;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one method at one budget, averaged over their seeds.
 *
 * @param seeds how many there are
 * @param cost of the network
 * @param figures what rows are compared by; null where a stage was not run for all seeds
 * @param beforeTuning that after the last stage before fine-tuning
 * @param afterTuning that after fine-tuning, null without
 * @param work what it took
 */
public record CompareLine(
    Method method,
    double keepMacs,
    int seeds,
    @JsonUnwrapped Cost cost,
    StageFigures figures,
    Estimate beforeTuning,
    @Nullable Estimate afterTuning,
    @JsonUnwrapped Work work) {
  /**
   * What a line's network costs.
   *
   * @param macs multiply-accumulates for one input
   * @param parameters trained numbers
   * @param latencyShare of the original's, timed in turns with it: batch 1, one thread. Rows run
   *     hours apart, perhaps beside other work, so their milliseconds tell nothing of each other.
   */
  public record Cost(long macs, long parameters, double latencyShare) {}

  /**
   * What a line took, the mean over its seeds.
   *
   * @param imagesSeen in all stages
   * @param seconds wall time
   */
  public record Work(double imagesSeen, double seconds) {}

  /**
   * A mean and its standard error: that of judging shares by so many images, and with several seeds
   * that of so few seeds.
   */
  public record Estimate(double mean, double standardError) {
    private static Estimate of(List<Double> found, CompareRow row) {
      double mean = CompareLine.mean(found, Double::doubleValue);
      double sampling = row.isShare() ? mean * (100 - mean) / row.quality().judgedOn() : 0;
      double spread = CompareLine.mean(found, value -> (value - mean) * (value - mean));
      double ofSeeds = found.size() < 2 ? 0 : spread / (found.size() - 1);
      return new Estimate(mean, Math.sqrt(sampling + ofSeeds));
    }
  }

  /** The mean of rows that differ in their seeds alone. */
  static CompareLine of(List<CompareRow> rows) {
    CompareRow first = rows.get(0);
    List<StageFigures> figures = rows.stream().map(CompareRow::figures).toList();
    return new CompareLine(
        first.key().method(),
        first.key().keepMacs(),
        rows.size(),
        new Cost(
            first.cost().macs(), first.cost().parameters(), mean(rows, CompareLine::latencyShare)),
        StageFigures.mean(figures),
        Objects.requireNonNull(estimate(figures, StageFigures::beforeTuning, first)),
        estimate(figures, StageFigures::fineTuned, first),
        new Work(
            mean(rows, row -> row.work().imagesSeen().all()),
            mean(rows, row -> row.work().seconds())));
  }

  private static double latencyShare(CompareRow row) {
    Speed.Latencies single = row.model().latencyMillis().batch1();
    return single.after().oneThread() / single.before().oneThread();
  }

  private static @Nullable Estimate estimate(
      List<StageFigures> figures, Function<StageFigures, @Nullable Double> figure, CompareRow row) {
    List<Double> found = figures.stream().map(figure).filter(Objects::nonNull).toList();
    return found.size() < figures.size() ? null : Estimate.of(found, row);
  }

  private static <T> double mean(List<T> values, ToDoubleFunction<T> figure) {
    return values.stream().mapToDouble(figure).average().orElseThrow();
  }
}
