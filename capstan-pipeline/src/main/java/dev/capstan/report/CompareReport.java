package dev.capstan.report;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.capstan.job.CompareJob;
import dev.capstan.ort.result.Verification;
import dev.capstan.recipe.Method;
import dev.capstan.report.CompareReport.CompareLine.Estimate;
import dev.capstan.report.Quality.OwnMetric;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What came of a comparison.
 *
 * @param figure what rows are compared by, in words
 * @param baseline that of the original
 * @param cost that of the original
 * @param machine what it ran on and with
 * @param lines one for each method and budget, averaged over seeds
 * @param rows one for each method, budget and seed
 * @param control the original, trained like the networks of the rows; null where nothing is
 *     trained, or there is nothing for it to learn
 * @param skippedImages images left out, each with what is wrong with it
 */
public record CompareReport(
    String figure,
    double baseline,
    @JsonUnwrapped CompareRow.RowCost cost,
    Machine machine,
    List<CompareLine> lines,
    List<CompareRow> rows,
    @Nullable Control control,
    List<String> skippedImages) {

  /** The lines of rows, budgets in the order of their rows. */
  public static List<CompareLine> lines(List<CompareRow> rows) {
    Map<String, List<CompareRow>> alike =
        rows.stream()
            .collect(
                Collectors.groupingBy(
                    row -> row.key().keepMacs() + " " + row.key().method(),
                    LinkedHashMap::new,
                    Collectors.toList()));
    return alike.values().stream().map(CompareLine::of).toList();
  }

  /** Whether all rows of a budget have the same ranks, so that they differ in their bases alone. */
  public boolean ofSameRanks() {
    return rows.stream()
        .collect(
            Collectors.groupingBy(
                row -> row.key().keepMacs(),
                Collectors.mapping(CompareRow::ranks, Collectors.toSet())))
        .values()
        .stream()
        .allMatch(ranks -> ranks.size() == 1);
  }

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
      @JsonUnwrapped RowCost cost,
      Map<String, Integer> ranks,
      @JsonUnwrapped RowQuality quality,
      @JsonUnwrapped RowModel model,
      @JsonUnwrapped RowWork work) {
    /** Multiply-accumulates for one input, and trained numbers. */
    public record RowCost(long macs, long parameters) {}

    /**
     * How good a row's network is.
     *
     * @param top1 in percent; its figures are null where outputs are no classes
     * @param outputError relative squared error of each output against the original's, by name;
     *     empty where outputs are classes
     * @param metric the user's own, null for none
     * @param judgedOn number of images behind each figure
     */
    public record RowQuality(
        StageFigures top1,
        Map<String, StageFigures> outputError,
        @Nullable OwnMetric metric,
        long judgedOn) {
      private static final String TOP1 = "top-1 in %";

      /** What it is compared by, in words: the user's metric, else accuracy, else output error. */
      public String figure() {
        return metric != null ? metric.name() : outputError.isEmpty() ? TOP1 : "output error";
      }

      /** Whether figures are shares of images. */
      public boolean isShare() {
        return figure().equals(TOP1);
      }

      /** That figure at each stage; with several outputs the mean of their errors. */
      public StageFigures figures() {
        return metric != null
            ? metric.stages()
            : outputError.isEmpty() ? top1 : StageFigures.mean(List.copyOf(outputError.values()));
      }
    }

    /**
     * What was found of the file.
     *
     * @param latencyMillis median time of one run in ONNX Runtime
     * @param verification how far ONNX Runtime's outputs are from the network in memory
     */
    public record RowModel(Speed latencyMillis, Verification verification) {}

    /**
     * What the row took.
     *
     * @param imagesSeen images in the steps of each stage
     * @param seconds wall time of its stages, judging included
     */
    public record RowWork(ImagesSeen imagesSeen, double seconds) {}
  }

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
      @JsonUnwrapped LineCost cost,
      StageFigures figures,
      Estimate beforeTuning,
      @Nullable Estimate afterTuning,
      @JsonUnwrapped LineWork work) {
    /**
     * What a line's network costs.
     *
     * @param macs multiply-accumulates for one input
     * @param parameters trained numbers
     * @param latencyShare of the original's, timed in turns with it: batch 1, one thread. Rows run
     *     hours apart, perhaps beside other work, so their milliseconds tell nothing of each other.
     */
    public record LineCost(long macs, long parameters, double latencyShare) {}

    /**
     * What a line took, the mean over its seeds.
     *
     * @param imagesSeen in all stages
     * @param seconds wall time
     */
    public record LineWork(double imagesSeen, double seconds) {}

    /**
     * A mean and its standard error: that of judging shares by so many images, and with several
     * seeds that of so few seeds.
     */
    public record Estimate(double mean, double standardError) {
      private static Estimate of(List<Double> found, CompareRow.RowQuality quality) {
        double mean = CompareLine.mean(found, Double::doubleValue);
        double sampling = quality.isShare() ? mean * (100 - mean) / quality.judgedOn() : 0;
        double spread = CompareLine.mean(found, value -> (value - mean) * (value - mean));
        double ofSeeds = found.size() < 2 ? 0 : spread / (found.size() - 1);
        return new Estimate(mean, Math.sqrt(sampling + ofSeeds));
      }
    }

    /** The mean of rows that differ in their seeds alone. */
    static CompareLine of(List<CompareRow> rows) {
      CompareRow first = rows.get(0);
      List<StageFigures> figures = rows.stream().map(row -> row.quality().figures()).toList();
      return new CompareLine(
          first.key().method(),
          first.key().keepMacs(),
          rows.size(),
          new LineCost(
              first.cost().macs(),
              first.cost().parameters(),
              mean(rows, row -> row.model().latencyMillis().ratio())),
          StageFigures.mean(figures),
          Objects.requireNonNull(estimate(figures, StageFigures::beforeTuning, first.quality())),
          estimate(figures, StageFigures::fineTuned, first.quality()),
          work(rows.stream().map(CompareRow::work).toList()));
    }

    private static @Nullable Estimate estimate(
        List<StageFigures> figures,
        Function<StageFigures, @Nullable Double> figure,
        CompareRow.RowQuality quality) {
      List<Double> found = figures.stream().map(figure).filter(Objects::nonNull).toList();
      return found.size() < figures.size() ? null : Estimate.of(found, quality);
    }

    private static LineWork work(List<CompareRow.RowWork> rows) {
      return new LineWork(
          mean(rows, row -> row.imagesSeen().all()), mean(rows, CompareRow.RowWork::seconds));
    }

    private static <T> double mean(List<T> values, ToDoubleFunction<T> figure) {
      return values.stream().mapToDouble(figure).average().orElseThrow();
    }
  }

  /**
   * The original, trained for as many epochs by the same recipe: how much of what fine-tuning gains
   * is plain training.
   *
   * @param figures what rows are compared by, the mean over seeds
   * @param afterTuning that after the training
   * @param work what it took
   * @param rows one for each seed
   */
  public record Control(
      StageFigures figures,
      Estimate afterTuning,
      @JsonUnwrapped CompareLine.LineWork work,
      List<ControlRow> rows) {
    /** What tables and charts call it. */
    public static final String NAME = "original, trained alike";

    /**
     * Of one seed. In JSON a flat object.
     *
     * @param quality before and after the training
     * @param work what it took
     */
    public record ControlRow(
        long seed,
        @JsonUnwrapped CompareRow.RowQuality quality,
        @JsonUnwrapped CompareRow.RowWork work) {}

    /** The mean of at least one row. */
    public static Control of(List<ControlRow> rows) {
      List<StageFigures> figures = rows.stream().map(row -> row.quality().figures()).toList();
      return new Control(
          StageFigures.mean(figures),
          Objects.requireNonNull(
              CompareLine.estimate(figures, StageFigures::last, rows.get(0).quality())),
          CompareLine.work(rows.stream().map(ControlRow::work).toList()),
          rows);
    }
  }
}
