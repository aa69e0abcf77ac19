package dev.capstan.cli.option;

import dev.capstan.cli.help.InGroup;
import dev.capstan.cli.help.OptionGroup;
import dev.capstan.job.BasisOptions;
import dev.capstan.job.Corrections;
import dev.capstan.job.Corrections.Correction;
import dev.capstan.job.RankSettings;
import dev.capstan.recipe.Method;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of the stages up to fine-tuning. */
@InGroup(OptionGroup.LEARNING)
public final class StageArguments {
  @InGroup(OptionGroup.RANKS)
  @Option(
      names = "--ranks",
      paramLabel = "HOW",
      defaultValue = "sensitivity",
      description =
          "How ranks are chosen within a budget: by sensitivity, or uniform. Default:"
              + " ${DEFAULT-VALUE}.")
  private RankSettings.Policy policy = RankSettings.Policy.SENSITIVITY;

  @Mixin private RankArguments choices = new RankArguments();

  @Option(
      names = "--learn-images",
      paramLabel = "N",
      defaultValue = "0",
      converter = Numbers.Count.class,
      description =
          "Views of images that bases are learned from, whatever that costs. Default: 50000, but"
              + " no more than 32 of an image, as far as the network's size allows: some 1000 at"
              + " photo sizes.")
  private int learnImages;

  @Option(
      names = "--few-images",
      description =
          "Bases are learned from 12800 views whatever the number of images: of many that is soon"
              + " done and loses a little.")
  private boolean fewImages;

  @Option(
      names = "--re-estimate",
      paramLabel = "WHEN",
      defaultValue = "auto",
      description =
          "Give the channels the mean and variance that the original's have, as re-estimating"
              + " BatchNorm does: on, off, or auto, if that brings the outputs nearer"
              + " to the original's on images held out from --data. Default: ${DEFAULT-VALUE}.")
  private Correction reestimate = Correction.AUTO;

  @Option(
      names = "--refit",
      paramLabel = "WHEN",
      defaultValue = "auto",
      description =
          "Solve for the weights by least squares: on, off, or auto, if that brings the outputs nearer to"
              + " the original's on images held out from --data. Default: ${DEFAULT-VALUE}.")
  private Correction refit = Correction.AUTO;

  /** What the ranks are chosen by and from, for a goal that is still to be set. */
  public RankSettings ranks() {
    return choices.settings().with(policy);
  }

  public BasisOptions bases(Method method) {
    return new BasisOptions(method, learnImages, fewImages);
  }

  public Corrections corrections() {
    return new Corrections(reestimate, refit);
  }
}
