package dev.capstan.cli.option;

import dev.capstan.cli.help.Everyday;
import dev.capstan.cli.help.InGroup;
import dev.capstan.cli.help.OptionGroup;
import dev.capstan.job.EvaluateJob.Limits;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what a model has to keep to: checks in a build go by the exit code. */
@InGroup(OptionGroup.GOAL)
public final class LimitArguments {
  @Everyday
  @Option(
      names = "--min-top1",
      paramLabel = "PERCENT",
      converter = Numbers.Percent.class,
      description = "Exit code 3 if fewer of the labelled images get their class.")
  private @Nullable Double minTop1;

  @Everyday
  @Option(
      names = "--min-agreement",
      paramLabel = "SHARE",
      converter = Numbers.Fraction.class,
      description =
          "Exit code 3 if fewer of the images, at most 1000, get the class that --original gives"
              + " them, in [0, 1].")
  private @Nullable Double minAgreement;

  @Everyday
  @Option(
      names = "--max-error",
      paramLabel = "E",
      converter = Numbers.NotNegative.class,
      description =
          "Exit code 3 if an output is off from --original's by more than this share of its"
              + " variation between images.")
  private @Nullable Double maxError;

  @Everyday
  @Option(
      names = "--max-latency-ratio",
      paramLabel = "RATIO",
      converter = Numbers.Positive.class,
      description =
          "Exit code 3 if a run in ONNX Runtime takes more than this times what --original takes:"
              + " batch 1, 1 thread, both in turns. Two measurements differ by some 5 %%.")
  private @Nullable Double maxLatencyRatio;

  /** What was asked for. */
  public Limits limits() {
    return new Limits(minTop1, minAgreement, maxError, maxLatencyRatio);
  }
}
