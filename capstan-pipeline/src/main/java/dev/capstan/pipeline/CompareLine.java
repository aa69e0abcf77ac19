package dev.capstan.pipeline;

import dev.capstan.pipeline.CompressReport.Stages;
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
 * @param latencyMillis batch 1, one thread
 * @param top1 in percent; null where a stage was not run for all seeds
 * @param beforeTuning top-1 after the last stage before fine-tuning
 * @param afterTuning top-1 after fine-tuning, null without
 * @param imagesSeen in all stages
 */
public record CompareLine(
    Method method,
    double keepMacs,
    int seeds,
    long macs,
    long parameters,
    double latencyMillis,
    Stages top1,
    Estimate beforeTuning,
    @Nullable Estimate afterTuning,
    double imagesSeen,
    double seconds) {

  /**
   * A mean and its standard error: that of judging by so many images, and with several seeds that
   * of so few seeds.
   */
  public record Estimate(double mean, double standardError) {
    private static Estimate of(List<Double> percents, long images) {
      double mean = CompareLine.mean(percents, Double::doubleValue);
      double sampling = mean * (100 - mean) / images;
      double spread = CompareLine.mean(percents, value -> (value - mean) * (value - mean));
      double ofSeeds = percents.size() < 2 ? 0 : spread / (percents.size() - 1);
      return new Estimate(mean, Math.sqrt(sampling + ofSeeds));
    }
  }

  /** The mean of rows that differ in their seeds alone. */
  static CompareLine of(List<CompareRow> rows) {
    CompareRow first = rows.get(0);
    List<Stages> stages = rows.stream().map(CompareRow::top1).toList();
    return new CompareLine(
        first.method(),
        first.keepMacs(),
        rows.size(),
        first.macs(),
        first.parameters(),
        mean(rows, row -> row.latencyMillis().batch1().after().oneThread()),
        mean(stages),
        Objects.requireNonNull(estimate(stages, Stages::beforeTuning, first.judgedOn())),
        estimate(stages, Stages::fineTuned, first.judgedOn()),
        mean(rows, row -> row.imagesSeen().all()),
        mean(rows, CompareRow::seconds));
  }

  private static Stages mean(List<Stages> stages) {
    return new Stages(
        meanOf(stages, Stages::baseline),
        meanOf(stages, Stages::projected),
        meanOf(stages, Stages::reestimated),
        meanOf(stages, Stages::refitted),
        meanOf(stages, Stages::fineTuned));
  }

  private static @Nullable Double meanOf(
      List<Stages> stages, Function<Stages, @Nullable Double> figure) {
    Estimate estimate = estimate(stages, figure, 1);
    return estimate == null ? null : estimate.mean();
  }

  private static @Nullable Estimate estimate(
      List<Stages> stages, Function<Stages, @Nullable Double> figure, long images) {
    List<Double> found = stages.stream().map(figure).filter(Objects::nonNull).toList();
    return found.size() < stages.size() ? null : Estimate.of(found, images);
  }

  private static <T> double mean(List<T> values, ToDoubleFunction<T> figure) {
    return values.stream().mapToDouble(figure).average().orElseThrow();
  }
}
