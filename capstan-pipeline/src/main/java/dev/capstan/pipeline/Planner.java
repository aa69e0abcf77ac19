package dev.capstan.pipeline;

import dev.capstan.job.PlanJob;
import dev.capstan.pipeline.input.Session;
import dev.capstan.pipeline.result.OutputFile;
import dev.capstan.pipeline.stage.RankStage;
import dev.capstan.rank.Plan;
import dev.capstan.rank.allocate.PlanFile;
import dev.capstan.recipe.WorkListener;
import java.nio.file.Path;
import java.util.List;

/** Measures sensitivities and chooses the ranks for a budget. */
public final class Planner {
  private Planner() {}

  /**
   * Plans, and saves the plan if the job says where.
   *
   * @throws dev.capstan.error.InvalidInputException if what the user gave cannot be worked with;
   *     nothing is written then
   */
  public static Result run(PlanJob job, WorkListener listener) {
    Path output = job.output();
    if (output != null) {
      OutputFile.checked(output);
    }
    Session session = Session.open(job.inputs(), listener);
    session.look(true);
    Plan plan = new RankStage(session, job.ranks(), job.seed()).plan();
    if (output != null) {
      PlanFile.write(plan, output);
    }
    return new Result(plan, session.skipped());
  }

  /**
   * What was planned.
   *
   * @param plan the plan
   * @param skippedImages images left out, each with what is wrong with it
   */
  public record Result(Plan plan, List<String> skippedImages) {}
}
