package dev.capstan.pipeline.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.cost.Cost;
import dev.capstan.error.InvalidInputException;
import dev.capstan.job.Inputs;
import dev.capstan.job.RankSettings;
import dev.capstan.job.RankSettings.Measuring;
import dev.capstan.job.ResidualPolicy;
import dev.capstan.pipeline.Heard;
import dev.capstan.pipeline.TinyInputs;
import dev.capstan.pipeline.input.Session;
import dev.capstan.rank.Goal;
import dev.capstan.rank.Plan;
import dev.capstan.rank.allocate.PlanFile;
import dev.capstan.rank.allocate.RankAllocation;
import dev.capstan.recipe.WorkListener;
import dev.capstan.space.ChannelSpaces.Residual;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ranks that are chosen for a goal, or taken from a plan. */
final class RankStageTest {
  @TempDir static Path folder;
  private static Inputs inputs;

  @BeforeAll
  static void write() {
    inputs =
        TinyInputs.of(
            TinyInputs.written(TinyInputs.graph(), folder),
            TinyInputs.images(folder.resolve("images"), 5, 20));
  }

  private static RankStage stage(RankSettings settings) {
    return new RankStage(Session.open(inputs, WorkListener.NONE), settings, 1);
  }

  @Test
  void thePlansRanksAreTakenWhateverTheGoal() {
    Plan plan = stage(TinyInputs.RANKS).plan();
    Path file = folder.resolve("plan.json");
    PlanFile.write(plan, file);
    Heard heard = new Heard();
    RankSettings settings =
        TinyInputs.RANKS.with(RankSettings.Policy.UNIFORM).with(Goal.keepMacs(0.9)).withPlan(file);

    RankAllocation taken = new RankStage(Session.open(inputs, heard), settings, 1).run();

    assertThat(taken.ranks().bySpace()).isNotEmpty().isEqualTo(plan.ranks().bySpace());
    assertThat(taken.imagesSeen()).isZero();
    assertThat(heard.works()).isEmpty();
  }

  @Test
  void aPlanForAnotherModelIsRefused() {
    Plan plan = stage(TinyInputs.RANKS.with(RankSettings.Policy.UNIFORM)).plan();
    Path file = folder.resolve("other.json");
    PlanFile.write(
        new Plan("0", plan.budget(), plan.macs(), plan.parameters(), plan.rise(), plan.spaces()),
        file);

    assertThatThrownBy(() -> stage(TinyInputs.RANKS.withPlan(file)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("give the model it was made for");
  }

  @Test
  void ranksChosenBeforeAreGivenAgain() {
    for (RankSettings.Policy policy : RankSettings.Policy.values()) {
      RankStage stage = stage(TinyInputs.RANKS.with(policy));
      RankAllocation chosen = stage.run();

      RankAllocation again = stage(TinyInputs.RANKS.with(policy)).again(chosen.bySpace());

      assertThat(again.ranks().bySpace()).isEqualTo(chosen.ranks().bySpace());
      assertThat(again.bySpace()).isEqualTo(chosen.bySpace());
      assertThat(again.imagesSeen()).isEqualTo(chosen.imagesSeen());
      assertThat(again.network().residual()).isEqualTo(chosen.network().residual());
    }
  }

  /** Shortcuts made convolutions cost something, and would do so for nothing. */
  @Test
  void whereAllStreamsKeepTheirChannelsShortcutsStayWhatTheyWere() {
    Map<String, Integer> inside = Map.of("layer1.0.conv1", 2);

    assertThat(stage(TinyInputs.RANKS).again(inside).network().residual()).isEqualTo(Residual.KEEP);
    assertThat(
            stage(TinyInputs.RANKS.with(ResidualPolicy.PROJECT)).again(inside).network().residual())
        .isEqualTo(Residual.PROJECT);
  }

  /** What is measured for one goal serves the next. */
  @Test
  void sensitivitiesAreMeasuredOnce() {
    Heard heard = new Heard();
    RankStage stage = new RankStage(Session.open(inputs, heard), TinyInputs.RANKS, 1);
    stage.within(Goal.keepMacs(0.5));
    int works = heard.works().size();
    stage.within(Goal.keepParameters(0.6));

    assertThat(heard.works()).isNotEmpty().hasSize(works);
  }

  /** The second stage is another process's: it was interrupted, or has another budget. */
  @Test
  void whatAFileOfCurvesOrAPlanHoldsIsNotMeasuredAgain() {
    Path curves = folder.resolve("curves.json");
    Path planned = folder.resolve("kept.json");
    RankAllocation first = stage(TinyInputs.RANKS.with(new Measuring(0, curves))).run();
    PlanFile.write(stage(TinyInputs.RANKS).plan(), planned);

    for (Path file : List.of(curves, planned)) {
      Heard heard = new Heard();
      RankSettings settings = TinyInputs.RANKS.with(new Measuring(0, file));
      RankStage again = new RankStage(Session.open(inputs, heard), settings, 1);

      assertThat(again.run().bySpace()).isEqualTo(first.bySpace());
      assertThat(again.run().imagesSeen()).isEqualTo(first.imagesSeen()).isPositive();
      assertThat(again.within(Goal.keepMacs(0.8)).bySpace())
          .isEqualTo(stage(TinyInputs.RANKS).within(Goal.keepMacs(0.8)).bySpace());
      assertThat(heard.works()).isEmpty();
    }
  }

  @Test
  void curvesThatCouldNotBeKeptAreNotMeasured() {
    Measuring measuring = new Measuring(0, folder.resolve("absent").resolve("curves.json"));

    assertThatThrownBy(() -> stage(TinyInputs.RANKS.with(measuring)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("create it first");
  }

  @Test
  void eachBudgetIsKeptTo() {
    Cost whole = Cost.of(Session.open(inputs, WorkListener.NONE).source().folded());
    for (ResidualPolicy streams : ResidualPolicy.values()) {
      RankStage stage = stage(TinyInputs.RANKS.with(RankSettings.Policy.UNIFORM).with(streams));
      RankAllocation macs = stage.within(Goal.keepMacs(0.6));
      RankAllocation parameters = stage.within(Goal.keepParameters(0.6));

      assertThat(macs.network().costs().macs(macs.ranks()::of))
          .isLessThanOrEqualTo((long) (0.6 * whole.macs()));
      assertThat(parameters.network().costs().parameters(parameters.ranks()::of))
          .isLessThanOrEqualTo((long) (0.6 * whole.parameters()));
    }
  }

  @Test
  void theWholeBudgetLeavesAllChannelsWhereStreamsAreKept() {
    for (RankSettings.Policy policy : RankSettings.Policy.values()) {
      RankAllocation whole =
          stage(TinyInputs.RANKS.with(ResidualPolicy.KEEP).with(policy)).within(Goal.keepMacs(1));

      assertThat(whole.ranks().bySpace()).isEmpty();
      assertThat(whole.bySpace()).isNotEmpty();
    }
  }

  @Test
  void aDropIsNoBudget() {
    RankStage stage = stage(TinyInputs.RANKS);

    assertThatThrownBy(() -> stage.within(new Goal(Goal.Kind.MAX_DROP, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("max-drop");
  }
}
