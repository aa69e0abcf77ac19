package dev.capstan.pipeline;

import dev.capstan.files.DraftFolder;
import dev.capstan.files.TemporaryFolder;
import dev.capstan.job.PlanJob;
import dev.capstan.pipeline.evidence.Evidence;
import dev.capstan.pipeline.evidence.Look;
import dev.capstan.pipeline.input.Session;
import dev.capstan.pipeline.input.SourceCopies;
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
    if (output == null) {
      try (TemporaryFolder folder = TemporaryFolder.make()) {
        return planned(job, folder.path(), listener);
      }
    }
    // Begun first: while it is open, no other run writes the same file.
    Path target = OutputFile.checked(output);
    try (DraftFolder folder = DraftFolder.beside(target)) {
      Result result = planned(job, folder.path(), listener);
      Path draft = folder.path().resolve(target.getFileName());
      PlanFile.write(result.plan(), draft);
      folder.commit(List.of(draft));
      return result;
    }
  }

  private static Result planned(PlanJob job, Path folder, WorkListener listener) {
    Session session = Session.open(job.inputs(), false, SourceCopies.in(folder), listener);
    session.look(true);
    return session.source().stored().alias().in(() -> planned(job, session));
  }

  private static Result planned(PlanJob job, Session session) {
    RankStage ranks = new RankStage(session, job.ranks(), job.seed());
    Plan plan = ranks.plan();
    return new Result(
        plan, ranks.imagesSeen(), Look.ahead(session, ranks, plan), session.skipped());
  }

  /**
   * What was planned.
   *
   * @param plan the plan
   * @param images that it was measured on; 0 where nothing was
   * @param evidence what a page shows beside it
   * @param skippedImages images left out, each with what is wrong with it
   */
  public record Result(Plan plan, long images, Evidence evidence, List<String> skippedImages) {}
}
