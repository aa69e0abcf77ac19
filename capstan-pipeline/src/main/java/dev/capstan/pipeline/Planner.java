package dev.capstan.pipeline;

import dev.capstan.job.PlanJob;
import dev.capstan.pipeline.input.Session;
import dev.capstan.pipeline.result.OutputFile;
import dev.capstan.pipeline.stage.RankStage;
import dev.capstan.rank.Plan;
import dev.capstan.rank.PlanFile;
import dev.capstan.recipe.WorkListener;
import java.nio.file.Path;
import java.util.List;

/** Measures sensitivities and chooses the ranks for a budget. */
public final class Planner {
  private Planner() {}

  /**
   * What was planned.
   *
   * @param plan the plan
   * @param skippedImages images left out, each with what is wrong with it
   */
  public record Result(Plan plan, List<String> skippedImages) {}

  /**
   * Plans, and saves the plan if the job says where.
   *
   * @throws dev.capstan.graph.InvalidInputException if what the user gave cannot be worked with;
   *     nothing is written then
   */
  public static Result run(PlanJob job, WorkListener listener) {
    Path output = job.output();
    if (output != null) {
      OutputFile.checked(output);
    }
    Session material = Session.open(job.setup(), listener);
    Plan plan = new RankStage(material, job.ranks(), job.seed(), listener).plan();
    if (output != null) {
      PlanFile.write(plan, output);
    }
    return new Result(plan, material.skipped());
  }
}
