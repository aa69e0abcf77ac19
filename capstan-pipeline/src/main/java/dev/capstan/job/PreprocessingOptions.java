package dev.capstan.job;

import dev.capstan.error.InvalidInputException;
import dev.capstan.image.Preprocessing.AxisOrder;
import dev.capstan.image.Preprocessing.ChannelOrder;
import dev.capstan.image.Preprocessing.Range;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How images become the network's input, as far as the user says; what is left open follows from
 * the network's input shape.
 *
 * @param mean one number a channel
 * @param std the same for the standard deviation
 * @param channels order in which the network takes the channels
 * @param range range of the values before mean and std apply
 * @param resize what happens to images that are not of the crop's size
 * @param size side after the resize, in pixels; 0 means the crop for EXACT, and the crop / 0.875
 *     for SHORTER, as networks for ImageNet are judged
 * @param crop side of the square that the network sees, in pixels; 0 means the network's own input,
 *     and the size where that leaves it open
 * @param layout order of the input's axes, null to tell from the network's input shape
 */
public record PreprocessingOptions(
    List<Double> mean,
    List<Double> std,
    ChannelOrder channels,
    Range range,
    ResizeMode resize,
    int size,
    int crop,
    @Nullable AxisOrder layout) {

  /** What happens to images that are not of the crop's size. */
  public enum ResizeMode {
    /** The shorter side is scaled to {@code size}, then the center is cropped. */
    SHORTER,
    /** The image is scaled to {@code size} x {@code size}, then the center is cropped. */
    EXACT,
    /** The center is cropped. */
    NONE
  }

  /** ImageNet's statistics, RGB, everything else as the network's input says. */
  public static final PreprocessingOptions DEFAULT =
      new PreprocessingOptions(
          List.of(0.485, 0.456, 0.406),
          List.of(0.229, 0.224, 0.225),
          ChannelOrder.RGB,
          Range.ZERO_TO_ONE,
          ResizeMode.SHORTER,
          0,
          0,
          null);

  /** Copies the lists. */
  public PreprocessingOptions {
    mean = List.copyOf(mean);
    std = List.copyOf(std);
    if (resize == ResizeMode.NONE && size > 0) {
      throw new InvalidInputException(
          "size %d says nothing without a resize: leave one of them out".formatted(size));
    }
  }

  /** The same where the network sees a square of another size. */
  public PreprocessingOptions withCrop(int side) {
    return new PreprocessingOptions(mean, std, channels, range, resize, size, side, layout);
  }
}
