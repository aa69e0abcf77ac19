package dev.capstan.pipeline.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.capstan.cost.WorkBudget;
import dev.capstan.job.BasisOptions;
import dev.capstan.job.CompressionOptions;
import dev.capstan.job.CompressionOptions.Effort;
import dev.capstan.job.Corrections;
import dev.capstan.job.RankSettings;
import dev.capstan.job.TuneOptions;
import dev.capstan.pipeline.TinyInputs;
import dev.capstan.pipeline.input.Session;
import dev.capstan.recipe.Method;
import dev.capstan.recipe.WorkListener;
import dev.capstan.testing.Detector;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is looked at in a given time. */
final class WorkPlannerTest {
  /** So slow that a minute is little, even for a tiny network. */
  private static final double PACE = 0.02;

  @TempDir static Path folder;
  private static Session session;

  @BeforeAll
  static void open() {
    session =
        Session.open(
            TinyInputs.of(
                TinyInputs.written(TinyInputs.graph(), folder),
                TinyInputs.images(folder.resolve("images"), 5, 60)),
            WorkListener.NONE);
  }

  private static WorkPlan plan(CompressionOptions options, Effort effort) {
    return plan(session, options, effort);
  }

  private static WorkPlan plan(Session of, CompressionOptions options, Effort effort) {
    RankStage ranks = new RankStage(of, options.ranks(), 1);
    return new WorkPlanner(of, ranks, options.with(effort)).plan(PACE, 10);
  }

  private static WorkPlan plan(Effort effort) {
    return plan(CompressionOptions.DEFAULT.with(TinyInputs.RANKS), effort);
  }

  /** Neither has channels to exchange, and few images show what a detector looks for. */
  @Test
  void aDetectorMeasuresByWhatNoExchangeCosts() {
    Session detector =
        Session.open(
            TinyInputs.of(
                Detector.whole().write(folder.resolve("detector.onnx")), folder.resolve("images")),
            WorkListener.NONE);

    assertThat(measuring(detector)).isBetween(1.3, 2.0);
    assertThat(measuring(session)).isBetween(0.7, 1.0);
  }

  /** What measuring costs, in budgets of measuring. */
  private static double measuring(Session of) {
    int runs = 600;
    double budget = WorkBudget.of(of.source().folded()).of(runs).sensitivities();
    CompressionOptions options = CompressionOptions.DEFAULT.with(TinyInputs.RANKS);
    return plan(of, options, new Effort(0, runs)).parts().stream()
            .filter(part -> part.stage().equals("sensitivities"))
            .mapToDouble(WorkPlan.Part::runs)
            .sum()
        / budget;
  }

  /** Ten seconds are over, five are for writing. */
  @Test
  void aPlanForATimeTakesIt() {
    for (double seconds : new double[] {90, 180, 600, 3600}) {
      WorkPlan plan = plan(new Effort(seconds, 0));

      assertThat(plan.seconds() + 15).isCloseTo(seconds, within(0.2 * seconds));
      assertThat(plan.seconds() + 15).isLessThanOrEqualTo(seconds);
    }
  }

  @Test
  void theMoreTimeTheMoreIsDone() {
    long before = 0;
    for (double seconds : new double[] {90, 300, 3000, 30_000}) {
      long runs = plan(new Effort(seconds, 0)).forwardRuns();
      assertThat(runs).isGreaterThan(before);
      before = runs;
    }
  }

  /** Whatever the clock says then: the same numbers of images, ranks, steps and passes. */
  @Test
  void theRunsOfAPlanGiveItAgain() {
    WorkPlan timed = plan(new Effort(120, 0));
    WorkPlan again = plan(new Effort(0, timed.forwardRuns()));

    assertThat(again).isEqualTo(timed);
  }

  @Test
  void whatSuitsHasANumberToo() {
    WorkPlan suits = plan(Effort.AUTOMATIC);

    assertThat(plan(new Effort(0, suits.forwardRuns()))).isEqualTo(suits);
    assertThat(suits.lines().get(0))
        .startsWith("takes about ")
        .contains("GB of memory", "'forward-runs' " + suits.forwardRuns());
    assertThat(suits.lines()).hasSize(1 + suits.parts().size());
  }

  @Test
  void aLongRunTellsOfAShorterOneWhereNobodyHasSaidHowLong() {
    WorkPlan plan =
        new WorkPlan(1000, List.of(new WorkPlan.Part("learning", "", 1000, 1)), 3, 0, 0);

    assertThat(plan.advice(Effort.AUTOMATIC, 0))
        .hasValueSatisfying(told -> assertThat(told).contains("'time' 20m"));
    assertThat(plan.advice(new Effort(0, 1000), 0)).isEmpty();
    assertThat(plan.advice(new Effort(3600, 0), 0)).isEmpty();
    assertThat(plan.advice(new Effort(3600, 0), 601))
        .hasValueSatisfying(told -> assertThat(told).contains("longer than that"));
    assertThat(new WorkPlan(1000, plan.parts(), 0.5, 0, 0).advice(Effort.AUTOMATIC, 0)).isEmpty();
  }

  @Test
  void stagesThatAreOffCostNothing() {
    CompressionOptions little =
        CompressionOptions.DEFAULT
            .with(TinyInputs.RANKS.with(RankSettings.Policy.UNIFORM))
            .with(BasisOptions.DEFAULT.with(Method.ACTIVATION))
            .with(Corrections.NONE)
            .with(TuneOptions.NONE);

    assertThat(plan(little, Effort.AUTOMATIC).parts())
        .extracting(WorkPlan.Part::stage)
        .containsExactly("channels", "judging");
    assertThat(plan(Effort.AUTOMATIC).parts())
        .extracting(WorkPlan.Part::stage)
        .containsExactly("sensitivities", "learning", "corrections", "training", "judging");
  }

  /** Each pass is a forward and a backward run of the original for each image. */
  @Test
  void aTeacherThatIsTrainedCostsItsRuns() {
    CompressionOptions trained =
        CompressionOptions.DEFAULT.with(TinyInputs.RANKS).with(TuneOptions.of(20));
    int batches = session.data().seen().size() * 3 / Math.min(64, session.data().seen().size());

    assertThat(plan(trained, Effort.AUTOMATIC).parts())
        .filteredOn(part -> part.stage().equals("teacher"))
        .singleElement()
        .satisfies(
            part -> {
              assertThat(part.what()).startsWith("3 passes of the original");
              assertThat(part.runs())
                  .isEqualTo(3.0 * batches * Math.min(64, session.data().seen().size()));
            });
  }

  /** Where even the least takes longer it is done, and told. */
  @Test
  void tooLittleTimeGivesTheLeast() {
    WorkPlan plan = plan(new Effort(1, 0));

    assertThat(plan.forwardRuns()).isPositive();
    assertThat(plan.seconds()).isPositive();
  }
}
