package dev.capstan.pipeline;

import dev.capstan.cost.CostModel;
import dev.capstan.data.ImageStore;
import dev.capstan.data.Split;
import dev.capstan.graph.Graph;
import dev.capstan.graph.InvalidInputException;
import dev.capstan.rank.Allocation;
import dev.capstan.rank.Budget;
import dev.capstan.rank.Plan;
import dev.capstan.rank.PlanFile;
import dev.capstan.rank.Ranks;
import dev.capstan.rank.Sensitivities;
import dev.capstan.recipe.WorkListener;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.torch.SensitivityAnalysis;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

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
   * @throws InvalidInputException if what the user gave cannot be worked with; nothing is written
   *     then
   */
  public static Result run(PlanJob job, WorkListener listener) {
    Path output = job.output();
    if (output != null) {
      OutputFile.checked(output);
    }
    SourceModel source = SourceModel.read(job.model());
    Graph graph = source.folded();
    ChannelSpaces spaces = ChannelSpaces.of(graph, ChannelSpaces.Residual.KEEP);
    CostModel costs = new CostModel(graph, spaces);
    Budget budget = job.budget().apply(costs);
    Allocation.check(spaces, job.ranks(), budget);
    ImageStore store =
        job.images().open(job.data(), Split.TRAIN, job.images().input().resolve(graph));
    Sensitivities sensitivities =
        SensitivityAnalysis.measure(
            graph,
            spaces,
            job.ranks(),
            store,
            IntStream.range(0, store.dataset().size()).toArray(),
            job.count(),
            job.seed(),
            job.compute(),
            listener);
    Ranks ranks = Allocation.solve(spaces, job.ranks(), sensitivities, budget);
    Plan plan = Plan.of(source.sha256(), budget, spaces, ranks, costs, sensitivities);
    if (output != null) {
      PlanFile.write(plan, output);
    }
    return new Result(plan, store.skipped());
  }
}
