package dev.capstan.pipeline.preprocess;

import dev.capstan.image.Preprocessing.ChannelOrder;
import dev.capstan.image.Preprocessing.Range;
import dev.capstan.job.PreprocessingOptions;
import dev.capstan.job.PreprocessingOptions.Extent;
import java.util.List;
import java.util.Locale;

/** What pixels become for networks of a kind; what is done to the extent is left open. */
public enum Preset {
  /** Of PyTorch's networks for ImageNet: 0..1, less the mean, by the standard deviation. */
  IMAGENET(
      List.of(0.485, 0.456, 0.406),
      List.of(0.229, 0.224, 0.225),
      ChannelOrder.RGB,
      Range.ZERO_TO_ONE),
  /** Of TensorFlow's: -1..1. */
  IMAGENET_TF(List.of(0.5, 0.5, 0.5), List.of(0.5, 0.5, 0.5), ChannelOrder.RGB, Range.ZERO_TO_ONE),
  /** Of Caffe's: blue first, 0..255 less the mean. */
  CAFFE(
      List.of(103.939, 116.779, 123.68),
      List.of(1.0, 1.0, 1.0),
      ChannelOrder.BGR,
      Range.ZERO_TO_255),
  /** 0..1. */
  UNIT(List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0), ChannelOrder.RGB, Range.ZERO_TO_ONE),
  /** 0..255. */
  BYTE(List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0), ChannelOrder.RGB, Range.ZERO_TO_255);

  private final PreprocessingOptions options;

  Preset(List<Double> mean, List<Double> std, ChannelOrder channels, Range range) {
    this.options = new PreprocessingOptions(mean, std, channels, range, null, 0, Extent.NONE, null);
  }

  /** Its name as users write it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** What is done to pixels. */
  public PreprocessingOptions options() {
    return options;
  }
}
