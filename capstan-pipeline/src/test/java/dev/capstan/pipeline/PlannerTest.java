package dev.capstan.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.error.InvalidInputException;
import dev.capstan.job.Inputs;
import dev.capstan.job.PlanJob;
import dev.capstan.job.RankSettings;
import dev.capstan.job.ResidualPolicy;
import dev.capstan.pipeline.input.Session;
import dev.capstan.pipeline.stage.RankStage;
import dev.capstan.rank.Goal;
import dev.capstan.rank.Plan;
import dev.capstan.rank.allocate.PlanFile;
import dev.capstan.rank.allocate.RankAllocation;
import dev.capstan.recipe.WorkListener;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ranks that are chosen and written as a plan. */
final class PlannerTest {
  @TempDir static Path shared;
  private static Inputs inputs;

  @TempDir Path folder;

  @BeforeAll
  static void write() {
    inputs =
        TinyInputs.of(
            TinyInputs.written(TinyInputs.graph(), shared),
            TinyInputs.images(shared.resolve("images"), 5, 20));
  }

  private static PlanJob job(double share, Path output) {
    return new PlanJob(inputs, TinyInputs.RANKS.with(Goal.keepMacs(share)), output, 1);
  }

  private static RankStage stage(RankSettings settings) {
    return new RankStage(Session.open(inputs, WorkListener.NONE), settings, 1);
  }

  @Test
  void whatIsWrittenIsWhatWasPlanned() {
    Path file = folder.resolve("plan.json");
    RankSettings settings = TinyInputs.RANKS.with(ResidualPolicy.PROJECT);

    Plan plan = Planner.run(new PlanJob(inputs, settings, file, 1), WorkListener.NONE).plan();

    RankAllocation taken = stage(settings.withPlan(file)).run();
    assertThat(PlanFile.read(file, taken.spaces(), plan.source())).isEqualTo(plan);
    assertThat(taken.ranks().bySpace()).isNotEmpty().isEqualTo(plan.ranks().bySpace());
    assertThat(taken.imagesSeen()).isZero();
    assertThat(plan.budget()).isEqualTo("keep-macs 0.5");
    assertThat(plan.source()).isEqualTo(Session.open(inputs, WorkListener.NONE).source().sha256());
  }

  @Test
  void aPlanNeedsNoFile() throws IOException {
    Plan half = Planner.run(job(0.5, null), WorkListener.NONE).plan();
    Plan most = Planner.run(job(0.9, null), WorkListener.NONE).plan();

    assertThat(half.macs()).isLessThan(most.macs());
    assertThat(half.rise()).isGreaterThan(most.rise());
    assertThat(TinyInputs.names(folder)).isEmpty();
  }

  @Test
  void whereTheBudgetCannotBeMetNothingIsLookedAtOrWritten() throws IOException {
    Heard heard = new Heard();

    assertThatThrownBy(() -> Planner.run(job(0.001, folder.resolve("plan.json")), heard))
        .isInstanceOf(InvalidInputException.class);

    assertThat(heard.works()).isEmpty();
    assertThat(TinyInputs.names(folder)).isEmpty();
  }

  @Test
  void aFolderThatIsMissingIsToldBeforeAnything() {
    PlanJob job = job(0.5, folder.resolve("missing").resolve("plan.json"));

    assertThatThrownBy(() -> Planner.run(job, WorkListener.NONE))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("there is no folder");
  }
}
