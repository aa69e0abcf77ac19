package dev.capstan.cli;

import dev.capstan.pipeline.Goal;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what share of a network may be kept. */
final class ShareArguments {
  @Option(
      names = "--keep-macs",
      paramLabel = "SHARE",
      converter = Numbers.Share.class,
      description =
          "Share of the multiply-accumulates that may be kept, in (0, 1]. Default, where no other"
              + " goal is given: 0.5.")
  private @Nullable Double macs;

  @Option(
      names = "--keep-parameters",
      paramLabel = "SHARE",
      converter = Numbers.Share.class,
      description = "Share of the parameters that may be kept, in (0, 1].")
  private @Nullable Double parameters;

  /** What was asked for. */
  List<Goal> goals() {
    return Stream.of(goal(Goal.Kind.KEEP_MACS, macs), goal(Goal.Kind.KEEP_PARAMETERS, parameters))
        .flatMap(Optional::stream)
        .toList();
  }

  /** A goal of an option, none if it was not given. */
  static Optional<Goal> goal(Goal.Kind kind, @Nullable Double amount) {
    return Optional.ofNullable(amount).map(given -> new Goal(kind, given));
  }
}
