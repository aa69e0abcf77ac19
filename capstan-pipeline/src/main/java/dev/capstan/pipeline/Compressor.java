package dev.capstan.pipeline;

import dev.capstan.cost.Cost;
import dev.capstan.graph.Graph;
import dev.capstan.graph.InvalidInputException;
import dev.capstan.ort.Verification;
import dev.capstan.pipeline.CompressReport.Change;
import dev.capstan.recipe.WorkListener;
import java.util.function.ToLongFunction;

/**
 * The whole job: reads the network, finds its channel spaces, gives each a rank, sends it through
 * the stages of a {@link Course}, verifies the result in ONNX Runtime and only then writes it.
 */
public final class Compressor {
  private final CompressJob job;
  private final WorkListener listener;
  private final long began = System.nanoTime();

  private Compressor(CompressJob job, WorkListener listener) {
    this.job = job;
    this.listener = listener;
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
    return new Compressor(job, listener).run();
  }

  private CompressReport run() {
    ResultFiles files = ResultFiles.checked(job);
    Material material = Material.open(job.setup(), listener);
    Ranking ranking = Ranking.choose(material.source().folded(), job.course().ranks());
    Course.Outcome outcome =
        new Course(material, material.baseline(), job.course(), listener).run(ranking);
    return publish(material, ranking, outcome, files);
  }

  private CompressReport publish(
      Material material, Ranking ranking, Course.Outcome outcome, ResultFiles files) {
    try (Results results = new Results(material, job, files)) {
      Verification verification = results.write(outcome.graph(), ranking.spaces(), outcome.bases());
      CompressReport report = report(material, ranking, outcome, results, verification);
      results.publish(report);
      return report;
    }
  }

  private CompressReport report(
      Material material,
      Ranking ranking,
      Course.Outcome outcome,
      Results results,
      Verification verification) {
    return new CompressReport(
        change(material.source(), outcome.graph(), Cost::macs),
        change(material.source(), outcome.graph(), Cost::parameters),
        new Change(material.source().bytes(), results.bytes()),
        ranking.bySpace(),
        outcome.top1(),
        outcome.top5(),
        results.latencies(),
        verification,
        outcome.seen(),
        (System.nanoTime() - began) * 1e-9,
        job.course().seed(),
        material.machine(),
        material.skipped(),
        results.files());
  }

  private static Change change(SourceModel source, Graph result, ToLongFunction<Cost> figure) {
    return new Change(
        figure.applyAsLong(Cost.of(source.graph())), figure.applyAsLong(Cost.of(result)));
  }
}
