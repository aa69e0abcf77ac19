package dev.capstan.cli.option;

import dev.capstan.cli.help.Everyday;
import dev.capstan.cli.help.InGroup;
import dev.capstan.cli.help.OptionGroup;
import dev.capstan.image.Preprocessing.AxisOrder;
import dev.capstan.image.Preprocessing.ChannelOrder;
import dev.capstan.image.Preprocessing.Range;
import dev.capstan.job.ImageOptions;
import dev.capstan.job.PreprocessingOptions;
import dev.capstan.job.PreprocessingOptions.Extent;
import dev.capstan.job.PreprocessingOptions.ResizeMode;
import dev.capstan.outputs.OutputKind;
import dev.capstan.pipeline.preprocess.Preset;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say how images become a network's input. */
@InGroup(OptionGroup.PREPROCESSING)
public final class ImageArguments {
  /** Range of the pixels before mean and std apply, as users write it. */
  enum PixelRange {
    UNIT(Range.ZERO_TO_ONE),
    BYTE(Range.ZERO_TO_255);

    private final Range range;

    PixelRange(Range range) {
      this.range = range;
    }

    static PixelRange of(Range range) {
      return range == Range.ZERO_TO_ONE ? UNIT : BYTE;
    }
  }

  @Everyday
  @Option(
      names = "--preset",
      paramLabel = "NAME",
      converter = PresetName.class,
      completionCandidates = PresetName.All.class,
      description =
          "Mean, std, channels and range of a kind of networks: imagenet (0..1 and ImageNet's"
              + " statistics), imagenet-tf (-1..1), caffe (blue first, 0..255 less"
              + " 103.939,116.779,123.68), unit (0..1) or byte (0..255). What is said beside it"
              + " comes first. Default: what the model's metadata tell, else imagenet.")
  private @Nullable Preset preset;

  @Option(
      names = "--mean",
      split = ",",
      paramLabel = "NUMBER",
      converter = Numbers.Finite.class,
      description =
          "Mean of each channel, in the network's order. Default: ImageNet's,"
              + " 0.485,0.456,0.406; 0.449 for one gray channel, 0 for a fourth, alpha; with"
              + " --range byte 255 times that, as its deviations.")
  private List<Double> mean = List.of();

  @Option(
      names = "--std",
      split = ",",
      paramLabel = "NUMBER",
      converter = Numbers.Positive.class,
      description =
          "Standard deviation of each channel, alike. Default: 0.229,0.224,0.225; 0.226 for gray,"
              + " 1 for alpha.")
  private List<Double> std = List.of();

  @Option(
      names = "--channels",
      paramLabel = "ORDER",
      description = "Order in which the network takes the channels: rgb or bgr. Default: rgb.")
  private @Nullable ChannelOrder channels;

  @Option(
      names = "--range",
      paramLabel = "VALUES",
      description =
          "Values that mean and std apply to: unit (0..1) or byte (0..255). Default: unit.")
  private @Nullable PixelRange range;

  @Option(
      names = "--resize",
      paramLabel = "HOW",
      converter = ResizeName.class,
      completionCandidates = ResizeName.All.class,
      description =
          "What is done to images that are not of the crop's size: scale the shorter side to"
              + " --size (shorter), scale both sides to --size whatever their proportions (exact),"
              + " fit the whole image into --size and fill the rest with gray (letterbox, as"
              + " detectors are fed) or black (letterbox-black), or nothing (none)."
              + " Default: shorter.")
  private @Nullable ResizeMode resize;

  @Option(
      names = "--size",
      paramLabel = "PIXELS",
      defaultValue = "0",
      converter = Numbers.Count.class,
      description =
          "Size after the resize. Default: what covers the crop / 0.875; for exact and letterbox"
              + " the crop.")
  private int size;

  @Option(
      names = "--crop",
      paramLabel = "PIXELS",
      converter = Numbers.Pixels.class,
      description =
          "Side of the center that the network sees, or WIDTHxHEIGHT. Default: the network's own"
              + " input; where that is open, near the size of the images.")
  private Extent crop = Extent.NONE;

  @Option(
      names = "--layout",
      paramLabel = "ORDER",
      description = "Order of the input's axes: nchw or nhwc. Default: as the input's shape says.")
  private @Nullable AxisOrder layout;

  @Option(
      names = "--outputs",
      paramLabel = "KIND",
      description =
          "What the outputs are: classes, or values such as an embedding's. Default: as the model's"
              + " metadata says, or as its name or the network's end shows, else classes for one output"
              + " of shape N x classes.")
  private @Nullable OutputKind outputs;

  @Mixin private GivenInputs given = new GivenInputs();

  /**
   * What is said.
   *
   * @param classes file of class names, null for none
   */
  public ImageOptions options(@Nullable Path classes) {
    return new ImageOptions(preprocessing(), classes, outputs, given.numbers());
  }

  /** Nothing of a preset where none is named. */
  private PreprocessingOptions preprocessing() {
    PreprocessingOptions usual = preset == null ? PreprocessingOptions.DEFAULT : preset.options();
    return new PreprocessingOptions(
        mean.isEmpty() ? usual.mean() : mean,
        std.isEmpty() ? usual.std() : std,
        channels == null ? usual.channels() : channels,
        range == null ? usual.range() : range.range,
        resize,
        size,
        crop,
        layout);
  }
}
