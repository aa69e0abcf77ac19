package dev.capstan.pipeline.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.capstan.graph.Graph;
import dev.capstan.job.BasisOptions;
import dev.capstan.job.CompressionOptions;
import dev.capstan.job.Corrections;
import dev.capstan.job.Corrections.Correction;
import dev.capstan.job.Inputs;
import dev.capstan.job.RankSettings;
import dev.capstan.job.TuneOptions;
import dev.capstan.pipeline.DemoModel;
import dev.capstan.pipeline.Heard;
import dev.capstan.pipeline.TinyInputs;
import dev.capstan.pipeline.input.Session;
import dev.capstan.pipeline.stage.CompressionPipeline.Outcome;
import dev.capstan.rank.Goal;
import dev.capstan.rank.allocate.RankAllocation;
import dev.capstan.recipe.Method;
import dev.capstan.recipe.WorkListener;
import dev.capstan.report.ImagesSeen.Use;
import dev.capstan.report.Quality.Decision;
import dev.capstan.report.Scores;
import dev.capstan.report.Stage;
import dev.capstan.report.StageFigures;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stages of a compression, one after the other, and the search that runs them again. */
final class CompressionPipelineTest {
  private static final CompressionOptions OPTIONS =
      CompressionOptions.DEFAULT
          .with(TuneOptions.NONE)
          .with(RankSettings.DEFAULT.with(RankSettings.Policy.UNIFORM))
          .with(BasisOptions.DEFAULT.with(new Method("l1")))
          .with(new Corrections(Correction.OFF, Correction.OFF));

  @TempDir static Path folder;
  private static Inputs inputs;
  private static Session session;
  private static Scores baseline;
  private static RankStage ranks;

  @BeforeAll
  static void open() throws IOException {
    Path images = TinyInputs.images(folder.resolve("images"), 5, 60);
    inputs =
        TinyInputs.of(DemoModel.writtenTo(folder.resolve("model.onnx")), images)
            .withValidation(images);
    session = Session.open(inputs, WorkListener.NONE);
    baseline = session.baseline();
    ranks = new RankStage(session, OPTIONS.ranks(), 1);
  }

  private static CompressionOptions corrected(Correction reestimation, Correction refit) {
    return OPTIONS.with(new Corrections(reestimation, refit));
  }

  /** All channels stay: nothing can be nearer to the original. */
  private static RankAllocation whole() {
    return ranks.within(Goal.keepMacs(1));
  }

  private static Graph run(CompressionOptions options, RankAllocation allocation, Heard heard) {
    Session told = Session.open(inputs, heard);
    return new CompressionPipeline(told, baseline, options)
        .run(allocation)
        .state()
        .network()
        .graph();
  }

  @Test
  void aCorrectionThatIsNotKeptIsToldAndHasNoFigure() {
    Heard heard = new Heard();
    Session told = Session.open(inputs, heard);

    Outcome outcome =
        new CompressionPipeline(told, baseline, corrected(Correction.OFF, Correction.AUTO))
            .run(whole());

    assertThat(outcome.scores()).containsOnlyKeys(Stage.BASELINE, Stage.PROJECTED);
    assertThat(outcome.top1().last()).isEqualTo(baseline.top1());
    assertThat(heard.notes())
        .singleElement()
        .asString()
        .startsWith("refitted: not kept: divergence")
        .endsWith("after");
    assertThat(outcome.decisions())
        .extracting(Decision::stage, Decision::kept)
        .containsExactly(tuple(Stage.PROJECTED, "l1"), tuple(Stage.REFITTED, "no"));
    assertThat(outcome.state().seen().byUse().get(Use.REFIT)).isPositive();
  }

  @Test
  void aCorrectionThatIsAskedForIsKept() {
    Outcome outcome =
        new CompressionPipeline(session, baseline, corrected(Correction.OFF, Correction.ON))
            .run(whole());

    assertThat(outcome.scores()).containsOnlyKeys(Stage.BASELINE, Stage.PROJECTED, Stage.REFITTED);
  }

  @Test
  void aCorrectionThatHelpsIsKept() {
    Outcome outcome =
        new CompressionPipeline(session, baseline, corrected(Correction.OFF, Correction.AUTO))
            .run(ranks.within(Goal.keepMacs(0.5)));

    assertThat(outcome.scores()).containsKey(Stage.REFITTED);
    assertThat(outcome.top1().at(Stage.REFITTED)).isGreaterThan(outcome.top1().at(Stage.PROJECTED));
    assertThat(outcome.outputError()).containsOnlyKeys("logits");
    StageFigures errors = outcome.outputError().get("logits");
    assertThat(errors.baseline()).isZero();
    assertThat(errors.at(Stage.REFITTED)).isLessThan(errors.at(Stage.PROJECTED));
    assertThat(outcome.last().outputError()).containsEntry("logits", errors.at(Stage.REFITTED));
    assertThat(outcome.metric(session)).isNull();
  }

  /** Where a refit stays, statistics are right already; else they are the next best. */
  @Test
  void statisticsAreTakenOnlyWhereNoRefitStays() {
    Outcome refitted =
        new CompressionPipeline(session, baseline, corrected(Correction.AUTO, Correction.ON))
            .run(ranks.within(Goal.keepMacs(0.5)));
    Outcome whole =
        new CompressionPipeline(session, baseline, corrected(Correction.AUTO, Correction.AUTO))
            .run(whole());

    assertThat(refitted.decisions())
        .extracting(Decision::stage)
        .containsExactly(Stage.PROJECTED, Stage.REFITTED);
    assertThat(refitted.state().seen().byUse().get(Use.CALIBRATION)).isZero();
    assertThat(whole.decisions())
        .extracting(Decision::stage, Decision::kept)
        .containsExactly(
            tuple(Stage.PROJECTED, "l1"),
            tuple(Stage.REFITTED, "no"),
            tuple(Stage.REESTIMATED, "no"));
  }

  @Test
  void aStageThatIsOffDoesNothing() {
    Heard heard = new Heard();

    Graph graph = run(OPTIONS, ranks.within(Goal.keepMacs(0.5)), heard);

    assertThat(heard.notes()).isEmpty();
    assertThat(heard.works()).containsExactly("judge projected");
    assertThat(graph.nodes()).hasSameSizeAs(session.source().folded().nodes());
  }

  @Test
  void theMoreMayBeLostTheSmallerTheNetwork() {
    Heard heard = new Heard();
    Session told = Session.open(inputs, heard);
    AccuracyDropSearch search = new AccuracyDropSearch(told, baseline, ranks, OPTIONS);
    double smallest = ranks.smallestShare();

    double all = search.smallestShare(100);

    assertThat(all - smallest).isBetween(0.0, (1 - smallest) / 32 + 1e-12);
    assertThat(heard.notes()).hasSize(5).allMatch(note -> note.startsWith("try "));
    double some = search.smallestShare(10);
    double none = search.smallestShare(0);
    assertThat(none).isGreaterThan(0.8).isGreaterThanOrEqualTo(some);
    assertThat(some).isGreaterThan(all);
  }

  @Test
  void aDropIsToldInPointsOfTheFigureThatThereIs() {
    AccuracyDropSearch search = new AccuracyDropSearch(session, baseline, ranks, OPTIONS);
    Outcome judged =
        new CompressionPipeline(session, baseline, OPTIONS).run(ranks.within(Goal.keepMacs(0.5)));
    Outcome unjudged = new Outcome(judged.state(), Map.of(), List.of(), null);
    Outcome same = new CompressionPipeline(session, null, OPTIONS).run(whole());

    assertThat(search.of(judged)).isEqualTo(baseline.top1() - judged.top1().last());
    assertThat(search.of(unjudged)).isBetween(1.0, 100.0);
    assertThat(search.of(new Outcome(same.state(), Map.of(), List.of(), null))).isZero();
  }
}
