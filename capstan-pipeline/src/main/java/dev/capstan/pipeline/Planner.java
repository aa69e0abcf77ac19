package dev.capstan.pipeline;

import dev.capstan.job.PlanJob;
import dev.capstan.pipeline.input.Session;
import dev.capstan.pipeline.result.OutputFile;
import dev.capstan.pipeline.stage.RankStage;
import dev.capstan.rank.Plan;
import dev.capstan.rank.PlanFile;
import dev.capstan.recipe.WorkListener;
import dev.capstan.report.PlanReport;
import java.nio.file.Path;

/** Measures sensitivities and chooses the ranks for a budget. */
public final class Planner {
  private Planner() {}

  /**
   * Plans, and saves the plan if the job says where.
   *
   * @throws dev.capstan.graph.InvalidInputException if what the user gave cannot be worked with;
   *     nothing is written then
   */
  public static PlanReport run(PlanJob job, WorkListener listener) {
    Path output = job.output();
    if (output != null) {
      OutputFile.checked(output);
    }
    Session session = Session.open(job.inputs(), listener);
    Plan plan = new RankStage(session, job.ranks(), job.seed()).plan();
    if (output != null) {
      PlanFile.write(plan, output);
    }
    return new PlanReport(plan, session.skipped());
  }
}
