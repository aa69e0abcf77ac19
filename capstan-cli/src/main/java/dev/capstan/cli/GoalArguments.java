package dev.capstan.cli;

import static java.util.Objects.requireNonNull;

import dev.capstan.pipeline.Goal;
import dev.capstan.pipeline.RankSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say how small the result is to be: one of them at most. */
final class GoalArguments {
  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec command;

  @Mixin private ShareArguments shares = new ShareArguments();

  @Option(
      names = "--max-drop",
      paramLabel = "POINTS",
      converter = Numbers.NotNegative.class,
      description =
          "Find the smallest network that loses at most so many points of top-1 on --val, or of"
              + " agreement with the original without --val: 5 short tries, then the whole course."
              + " Exit code 3 if its result loses more.")
  private @Nullable Double maxDrop;

  @Option(
      names = "--latency-ms",
      paramLabel = "MS",
      converter = Numbers.Positive.class,
      description =
          "Milliseconds that a run may take in ONNX Runtime on this machine, batch 1, 1 thread.")
  private @Nullable Double latency;

  @Option(
      names = "--latency-speedup",
      paramLabel = "FACTOR",
      converter = Numbers.Positive.class,
      description = "How many times as fast a run has to be, measured alike.")
  private @Nullable Double speedup;

  @Option(
      names = "--plan",
      paramLabel = "FILE",
      description = "Take the ranks from a plan for this model.")
  private @Nullable Path plan;

  /**
   * What was asked for.
   *
   * @throws ParameterException if it was more than one thing
   */
  RankSettings settings(RankSettings ranks) {
    List<Goal> goals = goals();
    List<String> asked =
        Stream.concat(
                goals.stream().map(Goal::toString), Stream.ofNullable(plan).map(f -> "--plan " + f))
            .toList();
    if (asked.size() > 1) {
      throw new ParameterException(
          requireNonNull(command).commandLine(),
          "expected one goal, found " + String.join(" and ", asked) + ": leave all but one out");
    }
    return plan != null ? ranks.withPlan(plan) : goals.isEmpty() ? ranks : ranks.with(goals.get(0));
  }

  private List<Goal> goals() {
    Stream<Goal> others =
        Stream.of(
                ShareArguments.goal(Goal.Kind.LATENCY_MS, latency),
                ShareArguments.goal(Goal.Kind.LATENCY_SPEEDUP, speedup),
                ShareArguments.goal(Goal.Kind.MAX_DROP, maxDrop))
            .flatMap(Optional::stream);
    return Stream.concat(shares.goals().stream(), others).toList();
  }
}
