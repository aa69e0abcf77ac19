package dev.capstan.report;

import dev.capstan.ort.Verification;
import dev.capstan.recipe.Method;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What came of a job.
 *
 * @param goal what was asked for, and what was reached
 * @param method what chose the bases
 * @param macs multiply-accumulates for one input
 * @param parameters trained numbers
 * @param fileBytes size of the ONNX files
 * @param ranks channels left in each space that can be compressed, by its name
 * @param top1 in percent; its figures are null where outputs are no classes
 * @param top5 in percent, alike
 * @param outputError relative squared error of each output against the original's, by name; empty
 *     where outputs are classes
 * @param metric the user's own, null for none
 * @param latencyMillis median time of one run in ONNX Runtime
 * @param verification how far ONNX Runtime's outputs are from the network in memory
 * @param tail what comes after the part that could be compressed, null if that is all
 * @param imagesSeen images in the steps of each stage
 * @param seconds wall time of the whole job
 * @param seed of every random choice
 * @param machine what it ran on and with
 * @param skippedImages images left out, each with what is wrong with it
 * @param files what was written
 */
public record CompressReport(
    GoalResult goal,
    Method method,
    Change macs,
    Change parameters,
    Change fileBytes,
    Map<String, Integer> ranks,
    Stages top1,
    Stages top5,
    Map<String, Stages> outputError,
    @Nullable OwnMetric metric,
    Speed latencyMillis,
    Verification verification,
    @Nullable UncompressedTail tail,
    ImagesSeen imagesSeen,
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

  /** The user's own metric. */
  public record OwnMetric(String name, boolean higherIsBetter, Stages stages) {}

  /** A figure at each stage, null where a stage was not run or there is nothing to judge by. */
  public record Stages(
      @Nullable Double baseline,
      @Nullable Double projected,
      @Nullable Double reestimated,
      @Nullable Double refitted,
      @Nullable Double fineTuned) {
    /** The figure of the last stage before fine-tuning, null if there is none. */
    @Nullable Double beforeTuning() {
      return refitted != null ? refitted : reestimated != null ? reestimated : projected;
    }

    /** The figure of the last stage that was run, null if there is none. */
    public @Nullable Double last() {
      return fineTuned != null ? fineTuned : beforeTuning();
    }

    /** The mean of each stage's figures, null where one of them is. */
    static Stages mean(List<Stages> all) {
      return new Stages(
          mean(all, Stages::baseline),
          mean(all, Stages::projected),
          mean(all, Stages::reestimated),
          mean(all, Stages::refitted),
          mean(all, Stages::fineTuned));
    }

    private static @Nullable Double mean(
        List<Stages> all, Function<Stages, @Nullable Double> figure) {
      List<Double> found = all.stream().map(figure).filter(Objects::nonNull).toList();
      return found.size() < all.size()
          ? null
          : found.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }

    public static Stages of(Map<Stage, Scores> figures, Function<Scores, @Nullable Double> figure) {
      return new Stages(
          at(figures, Stage.BASELINE, figure),
          at(figures, Stage.PROJECTED, figure),
          at(figures, Stage.REESTIMATED, figure),
          at(figures, Stage.REFITTED, figure),
          at(figures, Stage.FINE_TUNED, figure));
    }

    private static @Nullable Double at(
        Map<Stage, Scores> figures, Stage stage, Function<Scores, @Nullable Double> figure) {
      Scores found = figures.get(stage);
      return found == null ? null : figure.apply(found);
    }
  }

  /** What the job ran on and with. */
  public record Machine(String processor, int threads, String precision, String imageDecoder) {}

  /** What was written. */
  public record Files(String model, String bases, String record) {}
}
