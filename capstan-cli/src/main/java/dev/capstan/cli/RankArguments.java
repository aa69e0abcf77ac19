package dev.capstan.cli;

import static java.util.Objects.requireNonNull;

import dev.capstan.pipeline.Goal;
import dev.capstan.pipeline.RankSettings;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say how small the result is to be: one of them at most. */
final class RankArguments {
  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec command;

  @Option(
      names = "--keep-macs",
      paramLabel = "SHARE",
      converter = Numbers.Share.class,
      description =
          "Share of the multiply-accumulates that may be kept, in (0, 1]. Default, where no other"
              + " goal is given: 0.5.")
  private @Nullable Double keepMacs;

  @Option(
      names = "--max-drop",
      paramLabel = "POINTS",
      converter = Numbers.NotNegative.class,
      description =
          "Find the smallest network that loses at most so many points of top-1 on --val, or of"
              + " agreement with the original without --val: 5 short tries, then the whole course."
              + " Exit code 3 if its result loses more.")
  private @Nullable Double maxDrop;

  /**
   * What was asked for.
   *
   * @throws ParameterException if it was more than one thing
   */
  RankSettings settings() {
    List<Goal> goals =
        Stream.of(goal(Goal.Kind.KEEP_MACS, keepMacs), goal(Goal.Kind.MAX_DROP, maxDrop))
            .filter(Objects::nonNull)
            .toList();
    if (goals.size() > 1) {
      throw new ParameterException(
          requireNonNull(command).commandLine(),
          "expected one goal, found "
              + goals.stream().map(Goal::toString).collect(Collectors.joining(" and "))
              + ": leave all but one out");
    }
    return goals.isEmpty() ? RankSettings.DEFAULT : new RankSettings(goals.get(0));
  }

  private static @Nullable Goal goal(Goal.Kind kind, @Nullable Double amount) {
    return amount == null ? null : new Goal(kind, amount);
  }
}
