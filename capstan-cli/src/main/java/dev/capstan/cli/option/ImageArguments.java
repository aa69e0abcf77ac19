package dev.capstan.cli.option;

import dev.capstan.image.Preprocessing.AxisOrder;
import dev.capstan.image.Preprocessing.ChannelOrder;
import dev.capstan.image.Preprocessing.Range;
import dev.capstan.job.ImageOptions;
import dev.capstan.job.PreprocessingOptions;
import dev.capstan.job.PreprocessingOptions.ResizeMode;
import dev.capstan.outputs.OutputKind;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say how images become a network's input. */
public final class ImageArguments {
  /** Range of the pixels before mean and std apply, as users write it. */
  enum PixelRange {
    UNIT(Range.ZERO_TO_ONE),
    BYTE(Range.ZERO_TO_255);

    private final Range range;

    PixelRange(Range range) {
      this.range = range;
    }
  }

  @Option(
      names = "--mean",
      split = ",",
      paramLabel = "NUMBER",
      defaultValue = "0.485,0.456,0.406",
      converter = Numbers.Finite.class,
      description =
          "Mean of each channel, in the network's order. Default: ${DEFAULT-VALUE} (ImageNet).")
  private List<Double> mean = List.of();

  @Option(
      names = "--std",
      split = ",",
      paramLabel = "NUMBER",
      defaultValue = "0.229,0.224,0.225",
      converter = Numbers.Positive.class,
      description =
          "Standard deviation of each channel, alike. Default: ${DEFAULT-VALUE} (ImageNet).")
  private List<Double> std = List.of();

  @Option(
      names = "--channels",
      defaultValue = "rgb",
      description =
          "Order in which the network takes the channels: ${COMPLETION-CANDIDATES}."
              + " Default: ${DEFAULT-VALUE}.")
  private ChannelOrder channels = ChannelOrder.RGB;

  @Option(
      names = "--range",
      defaultValue = "unit",
      description =
          "Values that mean and std apply to: UNIT (0..1) or BYTE (0..255)."
              + " Default: ${DEFAULT-VALUE}.")
  private PixelRange range = PixelRange.UNIT;

  @Option(
      names = "--resize",
      defaultValue = "shorter",
      description =
          "What is done to images that are not of the crop's size: scale the SHORTER side to"
              + " --size, scale to EXACT-ly --size, or NONE. Default: ${DEFAULT-VALUE}.")
  private ResizeMode resize = ResizeMode.SHORTER;

  @Option(
      names = "--size",
      paramLabel = "PIXELS",
      defaultValue = "0",
      converter = Numbers.Count.class,
      description = "Size after the resize. Default: the crop / 0.875, the crop for EXACT.")
  private int size;

  @Option(
      names = "--crop",
      paramLabel = "PIXELS",
      defaultValue = "0",
      converter = Numbers.Count.class,
      description = "Side of the center that the network sees. Default: the network's own input.")
  private int crop;

  @Option(
      names = "--layout",
      description =
          "Order of the input's axes: ${COMPLETION-CANDIDATES}. Default: as the input's shape"
              + " says.")
  private @Nullable AxisOrder layout;

  @Option(
      names = "--classes",
      paramLabel = "FILE",
      description =
          "All the network's class names in the order of its outputs, one a line, more words"
              + " allowed behind; the images may be of some of them. Default: the images' own in"
              + " alphabetical order.")
  private @Nullable Path classes;

  @Option(
      names = "--outputs",
      paramLabel = "KIND",
      description =
          "What the outputs are: CLASSES, or VALUES such as an embedding's. Default: as the model's"
              + " metadata says, else CLASSES for one output of shape N x classes.")
  private @Nullable OutputKind outputs;

  public ImageOptions options() {
    return new ImageOptions(
        new PreprocessingOptions(mean, std, channels, range.range, resize, size, crop, layout),
        classes,
        outputs);
  }
}
