package dev.capstan.pipeline.preprocess;

import static java.util.Objects.requireNonNullElse;

import dev.capstan.image.Preprocessing.ChannelOrder;
import dev.capstan.image.Preprocessing.Range;
import dev.capstan.job.PreprocessingOptions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A way to make numbers of pixels: {@code (v - mean) / std} for each channel.
 *
 * @param preset whose numbers they are
 * @param turned whether colours come in the other order than the preset's
 * @param options what asks for it
 */
record Convention(Preset preset, boolean turned, PreprocessingOptions options) {
  /**
   * The usual ones.
   *
   * @param channels that the network takes: 3, or 1 for gray, where there is no order
   */
  static List<Convention> all(int channels) {
    List<Convention> all = new ArrayList<>();
    for (Preset preset : Preset.values()) {
      PreprocessingOptions usual = preset.options();
      if (channels == 1) {
        all.add(new Convention(preset, false, gray(usual)));
      } else {
        all.add(new Convention(preset, false, usual));
        all.add(new Convention(preset, true, turned(usual)));
      }
    }
    return all;
  }

  /** As users read it: the preset's, and the order of colours where that is the other one. */
  String name() {
    String order = options.channels() == ChannelOrder.BGR ? " bgr" : " rgb";
    return preset.word() + (turned ? order : "");
  }

  /** The same numbers for each colour, in the other order. */
  private static PreprocessingOptions turned(PreprocessingOptions usual) {
    List<Double> mean = new ArrayList<>(usual.mean());
    List<Double> std = new ArrayList<>(usual.std());
    Collections.reverse(mean);
    Collections.reverse(std);
    ChannelOrder order = usual.channels() == ChannelOrder.BGR ? ChannelOrder.RGB : ChannelOrder.BGR;
    return with(usual, mean, std, order);
  }

  private static PreprocessingOptions gray(PreprocessingOptions usual) {
    return with(usual, average(usual.mean()), average(usual.std()), ChannelOrder.RGB);
  }

  private static PreprocessingOptions with(
      PreprocessingOptions usual, List<Double> mean, List<Double> std, ChannelOrder order) {
    return new PreprocessingOptions(
        mean,
        std,
        order,
        usual.range(),
        usual.resize(),
        usual.size(),
        usual.crop(),
        usual.layout());
  }

  private static List<Double> average(List<Double> colours) {
    double sum = colours.stream().mapToDouble(Double::doubleValue).sum();
    return List.of(Math.rint(1000 * sum / colours.size()) / 1000);
  }

  /** What the number of channel c becomes, of those of an image in 0..1, red first. */
  float of(float[] unit, int first, int stride, int c) {
    int channels = options.mean().size();
    int source = options.channels() == ChannelOrder.BGR ? channels - 1 - c : c;
    double largest = requireNonNullElse(options.range(), Range.ZERO_TO_ONE).largest();
    double value = unit[first + source * stride] * largest;
    return (float) ((value - options.mean().get(c)) / options.std().get(c));
  }
}
