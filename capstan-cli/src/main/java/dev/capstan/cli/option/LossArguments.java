package dev.capstan.cli.option;

import dev.capstan.cli.help.InGroup;
import dev.capstan.cli.help.OptionGroup;
import dev.capstan.job.CompressJob.Limits;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what a result may lose. */
@InGroup(OptionGroup.GOAL)
public final class LossArguments {
  @Option(
      names = "--max-error",
      paramLabel = "E",
      converter = Numbers.NotNegative.class,
      description =
          "Exit code 3 if an output of the result is off by more than this share of its variation"
              + " between images that nothing was learned from. Default: 1, where a constant would"
              + " do as well.")
  private @Nullable Double maxError;

  @Option(
      names = "--min-agreement",
      paramLabel = "SHARE",
      converter = Numbers.Fraction.class,
      description =
          "Exit code 3 if fewer of the images that nothing was learned from get the class that the"
              + " original gives them, in [0, 1]. Default: 0.")
  private @Nullable Double minAgreement;

  /** What was asked for. */
  public Limits limits() {
    return new Limits(maxError, minAgreement);
  }
}
