package dev.capstan.cli.option;

import dev.capstan.cli.help.Everyday;
import dev.capstan.cli.help.InGroup;
import dev.capstan.cli.help.OptionGroup;
import dev.capstan.job.Inputs;
import dev.capstan.recipe.Rendezvous;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The model, the images, and what to compute with. */
@InGroup(OptionGroup.IMAGES)
public final class InputArguments {
  @Parameters(paramLabel = "MODEL", description = "An ONNX file.")
  private @Nullable Path model;

  @Everyday
  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description =
          "Images to learn from: DIR/CLASS/*.jpg, any folder of images without labels, CIFAR"
              + " binary files, tar shards, or .npz files with an array for each input.")
  private @Nullable Path data;

  @Everyday
  @Option(
      names = "--val",
      paramLabel = "DIR",
      description = "Images to judge by, labelled if the network classifies.")
  private @Nullable Path validation;

  @Option(
      names = "--accept-chance",
      description = "Go on where the model does hardly better than chance on the labelled images.")
  private boolean acceptChance;

  @Mixin private MetricArguments metric = new MetricArguments();
  @Mixin private FeedArguments feed = new FeedArguments();

  public Inputs inputs() {
    return inputs(null);
  }

  /** The same for a process that shares its host with others of the run. */
  public Inputs inputs(@Nullable Rendezvous rendezvous) {
    return feed.of(model, data, rendezvous)
        .withValidation(validation)
        .withAcceptChance(acceptChance)
        .with(metric.choice());
  }
}
