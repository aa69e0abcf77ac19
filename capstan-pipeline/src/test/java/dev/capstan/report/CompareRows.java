package dev.capstan.report;

import dev.capstan.job.CompareJob;
import dev.capstan.ort.result.LatencyMillis;
import dev.capstan.ort.result.Verification;
import dev.capstan.recipe.Method;
import dev.capstan.report.CompareReport.CompareRow;
import dev.capstan.report.CompareReport.Control;
import dev.capstan.report.CompareReport.Control.ControlRow;
import dev.capstan.report.ImagesSeen.Use;
import dev.capstan.report.Quality.OwnMetric;
import java.util.List;
import java.util.Map;

/** Rows of a comparison as tests want them. */
public final class CompareRows {
  /** Images that each of them was judged on. */
  public static final long IMAGES = 1000;

  private CompareRows() {}

  /** A row of a budget of one half. */
  public static CompareJob.Key key(String method, long seed) {
    return new CompareJob.Key(new Method(method), 0.5, seed);
  }

  /** A row of a classifier. */
  public static CompareRow of(CompareJob.Key key, StageFigures top1, double seconds) {
    return of(key, new CompareRow.RowQuality(top1, Map.of(), null, IMAGES), seconds);
  }

  /** A row judged in some way; the later its seed, the slower its network. */
  public static CompareRow of(CompareJob.Key key, CompareRow.RowQuality quality, double seconds) {
    Speed.Latencies latencies =
        new Speed.Latencies(new LatencyMillis(2, 1), new LatencyMillis(key.seed(), 1));
    return new CompareRow(
        key,
        new CompareRow.RowCost(500, 60),
        Map.of("conv1", 8),
        quality,
        new CompareRow.RowModel(
            new Speed(latencies, null, true, 0), new Verification(1e-6, Map.of("logits", 1e-6), 4)),
        new CompareRow.RowWork(ImagesSeen.NONE.plus(Use.LEARNING, 100 * key.seed()), seconds));
  }

  /** The original before and after a training. */
  public static ControlRow control(long seed, double baseline, double trained) {
    StageFigures top1 =
        new StageFigures(Map.of(Stage.BASELINE, baseline, Stage.FINE_TUNED, trained));
    return new ControlRow(
        seed,
        new CompareRow.RowQuality(top1, Map.of(), null, IMAGES),
        new CompareRow.RowWork(ImagesSeen.NONE.plus(Use.FINE_TUNING, 100 * seed), 7));
  }

  /** Figures of a network that was projected, and perhaps fine-tuned. */
  public static StageFigures figures(double baseline, double projected, Double fineTuned) {
    return fineTuned == null
        ? new StageFigures(Map.of(Stage.BASELINE, baseline, Stage.PROJECTED, projected))
        : new StageFigures(
            Map.of(
                Stage.BASELINE, baseline, Stage.PROJECTED, projected, Stage.FINE_TUNED, fineTuned));
  }

  /** Judged by the user's own metric too. */
  public static CompareRow.RowQuality withMetric(CompareRow.RowQuality quality, StageFigures own) {
    return new CompareRow.RowQuality(
        quality.top1(),
        quality.outputError(),
        new OwnMetric("overlap", true, own),
        quality.judgedOn());
  }

  /** The report of some rows. */
  public static CompareReport report(List<CompareRow> rows) {
    return report(rows, null);
  }

  /** The same with a control. */
  public static CompareReport report(List<CompareRow> rows, Control control) {
    CompareRow first = rows.get(0);
    return new CompareReport(
        first.quality().figure(),
        first.quality().figures().baseline(),
        new CompareRow.RowCost(1000, 120),
        new Machine("processor", "AVX2", 1, "fp32", "decoder", Map.of()),
        CompareReport.lines(rows),
        rows,
        control,
        List.of());
  }
}
