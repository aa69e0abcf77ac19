package dev.capstan.job;

import dev.capstan.data.Preprocessing;
import dev.capstan.data.Preprocessing.AxisOrder;
import dev.capstan.data.Preprocessing.ChannelOrder;
import dev.capstan.data.Preprocessing.Range;
import dev.capstan.data.Resize;
import dev.capstan.graph.Graph;
import dev.capstan.graph.InvalidInputException;
import dev.capstan.graph.Shape;
import dev.capstan.graph.Value;
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

  /**
   * The preprocessing for a network.
   *
   * @throws InvalidInputException if the network's input is no image, or leaves open what was not
   *     given
   */
  public Preprocessing resolve(Graph graph) {
    Value input = imageInput(graph);
    Shape shape = input.type().shape();
    AxisOrder order = layout != null ? layout : layoutOf(input);
    int heightAxis = order == AxisOrder.NCHW ? 2 : 1;
    long depth = shape.size(order == AxisOrder.NCHW ? 1 : 3);
    if (depth >= 0 && depth != mean.size()) {
      throw new InvalidInputException(
          "input '%s' of shape %s has %d channels, setting 'mean' gives %d numbers"
              .formatted(input.name(), shape, depth, mean.size()));
    }
    int height = extent(input, heightAxis);
    int width = extent(input, heightAxis + 1);
    return new Preprocessing(
        channels, range, mean, std, resizeTo(height, width), height, width, order);
  }

  private static Value imageInput(Graph graph) {
    if (graph.inputs().size() != 1) {
      throw new InvalidInputException(
          "expected a network with one input, the image; found %s: export the others as constants (initializers)"
              .formatted(graph.inputs().stream().map(Value::name).toList()));
    }
    Value input = graph.inputs().get(0);
    if (input.type().shape().rank() != 4) {
      throw new InvalidInputException(
          "input '%s': expected an image of 4 axes, found shape %s"
              .formatted(input.name(), input.type().shape()));
    }
    return input;
  }

  private static AxisOrder layoutOf(Value input) {
    Shape shape = input.type().shape();
    boolean last = isDepth(shape.size(3)) && !isDepth(shape.size(1));
    return last ? AxisOrder.NHWC : AxisOrder.NCHW;
  }

  private static boolean isDepth(long size) {
    return size == 1 || size == 3;
  }

  private int extent(Value input, int axis) {
    long size = input.type().shape().size(axis);
    int given = crop > 0 ? crop : this.size;
    if (size < 0 && given == 0) {
      throw new InvalidInputException(
          "input '%s' of shape %s leaves its height or width open: say it with setting 'crop' or setting 'size'"
              .formatted(input.name(), input.type().shape()));
    }
    if (size >= 0 && crop > 0 && size != crop) {
      throw new InvalidInputException(
          "input '%s' has shape %s, setting 'crop' asks for %d"
              .formatted(input.name(), input.type().shape(), crop));
    }
    return size >= 0 ? Math.toIntExact(size) : given;
  }

  private Resize resizeTo(int height, int width) {
    int side = size > 0 ? size : (int) Math.round(Math.min(height, width) / 0.875);
    return switch (resize) {
      case NONE -> Resize.NONE;
      case SHORTER -> Resize.shorterSide(side);
      case EXACT -> size > 0 ? Resize.exactly(side, side) : Resize.exactly(height, width);
    };
  }
}
