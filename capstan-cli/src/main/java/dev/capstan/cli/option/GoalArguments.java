package dev.capstan.cli.option;

import dev.capstan.cli.help.Everyday;
import dev.capstan.cli.help.InGroup;
import dev.capstan.cli.help.OptionGroup;
import dev.capstan.job.RankSettings;
import dev.capstan.rank.Goal;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say how small the result is to be: one of them at most. */
@InGroup(OptionGroup.GOAL)
public final class GoalArguments {
  @Mixin private BudgetArguments budget = new BudgetArguments();

  @Everyday
  @Option(
      names = "--max-drop",
      paramLabel = "POINTS",
      converter = Numbers.NotNegative.class,
      description =
          "Find the smallest network that loses at most so many points of top-1 on --val, or of"
              + " agreement with the original without --val: 5 short tries, then all stages."
              + " Exit code 3 if its result loses more.")
  private @Nullable Double maxDrop;

  @Option(
      names = "--plan",
      paramLabel = "FILE",
      description = "Take the ranks from a plan for this model.")
  private @Nullable Path plan;

  /**
   * What was asked for.
   *
   * @throws picocli.CommandLine.ParameterException if it was more than one thing
   */
  public RankSettings settings(RankSettings ranks) {
    List<Goal> goals = goals();
    List<String> asked =
        Stream.concat(
                goals.stream().map(goal -> "--" + goal),
                Stream.ofNullable(plan).map(f -> "--plan " + f))
            .toList();
    budget.requireOne(asked);
    return plan != null ? ranks.withPlan(plan) : goals.isEmpty() ? ranks : ranks.with(goals.get(0));
  }

  private List<Goal> goals() {
    return Stream.concat(
            budget.goals().stream(), BudgetArguments.goal(Goal.Kind.MAX_DROP, maxDrop).stream())
        .toList();
  }
}
