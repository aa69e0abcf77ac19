package dev.capstan.pipeline;

import dev.capstan.cost.Cost;
import dev.capstan.graph.InvalidInputException;
import dev.capstan.job.CompressJob;
import dev.capstan.job.Goal;
import dev.capstan.pipeline.input.Session;
import dev.capstan.pipeline.result.Export;
import dev.capstan.pipeline.result.ResultFiles;
import dev.capstan.pipeline.result.Results;
import dev.capstan.pipeline.stage.AccuracyDropSearch;
import dev.capstan.pipeline.stage.CompressionPipeline;
import dev.capstan.pipeline.stage.RankAllocation;
import dev.capstan.pipeline.stage.RankStage;
import dev.capstan.recipe.WorkListener;
import dev.capstan.report.CompressReport;
import dev.capstan.report.CompressReport.Change;
import dev.capstan.report.GoalResult;
import dev.capstan.report.Speed;
import java.util.OptionalDouble;
import java.util.function.ToLongFunction;

/**
 * The whole job: reads the network, finds its channel spaces, gives each a rank, sends it through
 * the stages of a {@link CompressionPipeline}, verifies the result in ONNX Runtime and only then
 * writes it.
 */
public final class Compressor {
  private final CompressJob job;
  private final WorkListener listener;
  private final ResultFiles files;
  private final Session material;
  private final RankStage ranks;
  private final long began = System.nanoTime();

  private Compressor(CompressJob job, WorkListener listener) {
    this.job = job;
    this.listener = listener;
    this.files = ResultFiles.checked(job);
    this.material = Session.open(job.setup(), listener);
    this.ranks = new RankStage(material, job.course().ranks(), job.course().seed(), listener);
  }

  /**
   * Does a job.
   *
   * @return what came of it; its files are written and verified
   * @throws InvalidInputException if what the user gave cannot be worked with; nothing is written
   *     then
   * @throws dev.capstan.ort.VerificationException if the result does not compute what it should;
   *     nothing is written then
   */
  public static CompressReport run(CompressJob job, WorkListener listener) {
    Compressor compressor = new Compressor(job, listener);
    return job.course().ranks().searchesDrop()
        ? compressor.withinDrop()
        : compressor.withinBudget();
  }

  private CompressReport withinBudget() {
    // A budget that cannot be met shows before any image is looked at.
    RankAllocation ranking = ranks.run();
    CompressionPipeline.Outcome outcome =
        new CompressionPipeline(material, material.baseline(), job.course(), listener).run(ranking);
    return publish(outcome, OptionalDouble.empty());
  }

  private CompressReport withinDrop() {
    Goal goal = job.course().ranks().goal();
    AccuracyDropSearch drop =
        new AccuracyDropSearch(material, material.baseline(), ranks, job.course(), listener);
    Goal found = Goal.keepMacs(drop.smallestShare(goal.amount()));
    CompressionPipeline.Outcome outcome =
        new CompressionPipeline(material, drop.baseline(), job.course(), listener)
            .run(ranks.within(found));
    return publish(outcome, OptionalDouble.of(drop.of(outcome)));
  }

  private CompressReport publish(CompressionPipeline.Outcome outcome, OptionalDouble lost) {
    try (Results results = new Results(material, job, files)) {
      Export.Verified verified = results.write(outcome.way());
      CompressReport report = report(outcome, lost, results, verified);
      results.publish(report);
      return report;
    }
  }

  private CompressReport report(
      CompressionPipeline.Outcome outcome,
      OptionalDouble lost,
      Results results,
      Export.Verified verified) {
    Change macs = change(outcome, Cost::macs);
    Change parameters = change(outcome, Cost::parameters);
    Speed speed = results.latencies();
    return new CompressReport(
        GoalResult.of(job.course().ranks(), macs, parameters, speed, lost),
        job.course().bases().method(),
        macs,
        parameters,
        new Change(material.source().bytes(), results.bytes()),
        outcome.way().ranking().bySpace(),
        outcome.top1(),
        outcome.top5(),
        outcome.outputError(),
        material.judge().ownMetric(outcome.metric()),
        speed,
        verified.verification(),
        verified.tail(),
        outcome.way().seen(),
        (System.nanoTime() - began) * 1e-9,
        job.course().seed(),
        material.machine(),
        material.skipped(),
        results.files());
  }

  private Change change(CompressionPipeline.Outcome outcome, ToLongFunction<Cost> figure) {
    return new Change(
        figure.applyAsLong(Cost.of(material.source().open())),
        figure.applyAsLong(Cost.of(outcome.way().graph())));
  }
}
