package dev.capstan.pipeline;

import dev.capstan.cost.Cost;
import dev.capstan.graph.Graph;
import dev.capstan.graph.InvalidInputException;
import dev.capstan.ort.Verification;
import dev.capstan.pipeline.CompressReport.Change;
import dev.capstan.pipeline.CompressReport.Reached;
import dev.capstan.recipe.WorkListener;
import java.util.function.ToLongFunction;

/**
 * The whole job: reads the network, finds its channel spaces, gives each a rank, sends it through
 * the stages of a {@link Course}, verifies the result in ONNX Runtime and only then writes it.
 */
public final class Compressor {
  private final CompressJob job;
  private final WorkListener listener;
  private final ResultFiles files;
  private final Material material;
  private final long began = System.nanoTime();

  private Compressor(CompressJob job, WorkListener listener) {
    this.job = job;
    this.listener = listener;
    this.files = ResultFiles.checked(job);
    this.material = Material.open(job.setup(), listener);
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
    return job.course().ranks().goal().kind() == Goal.Kind.MAX_DROP
        ? compressor.withinDrop()
        : compressor.withinBudget();
  }

  private CompressReport withinBudget() {
    CourseOptions options = job.course();
    // A budget that cannot be met shows before any image is looked at.
    Ranking ranking = Ranking.choose(original(), options.ranks());
    Course.Outcome outcome =
        new Course(material, material.baseline(), options, listener).run(ranking);
    Change macs = change(outcome, Cost::macs);
    return publish(outcome, new Reached(options.ranks().goal(), macs.kept(), true));
  }

  private CompressReport withinDrop() {
    Goal goal = job.course().ranks().goal();
    Drop drop = new Drop(material, material.baseline(), job.course(), listener);
    RankSettings found = RankSettings.keepMacs(drop.smallestShare(goal.amount()));
    Course.Outcome outcome =
        new Course(material, drop.baseline(), job.course(), listener)
            .run(Ranking.choose(original(), found));
    double lost = drop.of(outcome);
    return publish(outcome, new Reached(goal, lost, lost <= goal.amount()));
  }

  private Graph original() {
    return material.source().folded();
  }

  private CompressReport publish(Course.Outcome outcome, Reached reached) {
    try (Results results = new Results(material, job, files)) {
      Verification verification = results.write(outcome.way());
      CompressReport report = report(outcome, reached, results, verification);
      results.publish(report);
      return report;
    }
  }

  private CompressReport report(
      Course.Outcome outcome, Reached reached, Results results, Verification verification) {
    return new CompressReport(
        reached,
        job.course().bases().method(),
        change(outcome, Cost::macs),
        change(outcome, Cost::parameters),
        new Change(material.source().bytes(), results.bytes()),
        outcome.way().ranking().bySpace(),
        outcome.top1(),
        outcome.top5(),
        results.latencies(),
        verification,
        outcome.way().seen(),
        (System.nanoTime() - began) * 1e-9,
        job.course().seed(),
        material.machine(),
        material.skipped(),
        results.files());
  }

  private Change change(Course.Outcome outcome, ToLongFunction<Cost> figure) {
    return new Change(
        figure.applyAsLong(Cost.of(material.source().graph())),
        figure.applyAsLong(Cost.of(outcome.way().graph())));
  }
}
