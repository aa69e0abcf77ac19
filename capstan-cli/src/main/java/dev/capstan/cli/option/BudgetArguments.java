package dev.capstan.cli.option;

import static java.util.Objects.requireNonNull;

import dev.capstan.cli.help.Everyday;
import dev.capstan.cli.help.InGroup;
import dev.capstan.cli.help.OptionGroup;
import dev.capstan.rank.Goal;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say what the result may cost: ranks follow from each of them. */
@InGroup(OptionGroup.GOAL)
public final class BudgetArguments {
  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec command;

  @Everyday
  @Option(
      names = "--keep-macs",
      paramLabel = "SHARE",
      converter = Numbers.Share.class,
      description = "Share of the multiply-accumulates that may be kept, in (0, 1].")
  private @Nullable Double macs;

  @Option(
      names = "--keep-parameters",
      paramLabel = "SHARE",
      converter = Numbers.Share.class,
      description = "Share of the parameters that may be kept, in (0, 1].")
  private @Nullable Double parameters;

  @Option(
      names = "--latency-ms",
      paramLabel = "MS",
      converter = Numbers.Positive.class,
      description =
          "Milliseconds that a run may take in ONNX Runtime on this machine, batch 1, 1 thread.")
  private @Nullable Double latency;

  @Everyday
  @Option(
      names = "--latency-speedup",
      paramLabel = "FACTOR",
      converter = Numbers.Positive.class,
      description =
          "How many times as fast a run in ONNX Runtime has to be on this machine, batch 1, 1 thread.")
  private @Nullable Double speedup;

  /** What was asked for. */
  public List<Goal> goals() {
    return Stream.of(
            goal(Goal.Kind.KEEP_MACS, macs),
            goal(Goal.Kind.KEEP_PARAMETERS, parameters),
            goal(Goal.Kind.LATENCY_MS, latency),
            goal(Goal.Kind.LATENCY_SPEEDUP, speedup))
        .flatMap(Optional::stream)
        .toList();
  }

  /** A goal of an option, none if it was not given. */
  static Optional<Goal> goal(Goal.Kind kind, @Nullable Double amount) {
    return Optional.ofNullable(amount).map(given -> new Goal(kind, given));
  }

  /**
   * Checks that goals do not contradict each other.
   *
   * @param asked in words
   * @throws ParameterException if it was more than one thing
   */
  public void requireOne(List<String> asked) {
    if (asked.size() > 1) {
      throw new ParameterException(
          requireNonNull(command).commandLine(),
          "expected one goal, found " + String.join(" and ", asked) + ": leave all but one out");
    }
  }
}
