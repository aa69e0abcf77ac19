package dev.capstan.cli.option;

import dev.capstan.cli.help.InGroup;
import dev.capstan.cli.help.OptionGroup;
import dev.capstan.job.RankSettings;
import dev.capstan.rank.RankGrid;
import dev.capstan.rank.RankOptions;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say what ranks there are to choose from. */
@InGroup(OptionGroup.RANKS)
public final class RankArguments {
  @Option(
      names = "--multiple",
      paramLabel = "N",
      defaultValue = "0",
      converter = Numbers.Count.class,
      description = "Ranks are multiples of this. Default: 8, or 4 under 64 channels.")
  private int multiple;

  @Option(
      names = "--min-rank",
      paramLabel = "N",
      defaultValue = "1",
      converter = Numbers.Natural.class,
      description = "No rank is smaller. Default: ${DEFAULT-VALUE}.")
  private int minimum = 1;

  @Option(
      names = "--include",
      split = ",",
      paramLabel = "PATTERN",
      description =
          "Compress only channel spaces whose name, or that of a node that writes them, matches: *"
              + " is any text, ? any character. Default: all.")
  private List<String> include = List.of();

  @Option(
      names = "--exclude",
      split = ",",
      paramLabel = "PATTERN",
      description = "Leave the channels of these alone.")
  private List<String> exclude = List.of();

  @Option(
      names = "--measure-images",
      paramLabel = "N",
      defaultValue = "0",
      converter = Numbers.Count.class,
      description =
          "Images that each layer's sensitivity is measured on. Default: as many as 1,500 forward"
              + " runs of one image allow, some 30 at photo sizes; more, up to 512, where the"
              + " network is small.")
  private int measureImages;

  @Option(
      names = "--curves",
      paramLabel = "FILE",
      description =
          "Where measured sensitivities are kept: what the file holds is not measured again, and a"
              + " file that is not there is written. A plan's file will do. So another budget, or"
              + " the same job after an interruption, measures nothing twice.")
  private @Nullable Path curves;

  @Mixin private final ResidualArgument residual = new ResidualArgument();

  /** These ranks to choose from, for a goal that is still to be set. */
  public RankSettings settings() {
    RankOptions options = new RankOptions(new RankGrid(multiple, minimum), include, exclude);
    return RankSettings.DEFAULT
        .with(options)
        .with(residual.streams())
        .with(new RankSettings.Measuring(measureImages, curves));
  }
}
