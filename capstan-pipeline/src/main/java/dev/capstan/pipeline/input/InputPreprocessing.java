package dev.capstan.pipeline.input;

import static java.util.Objects.requireNonNullElse;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Shape;
import dev.capstan.graph.Value;
import dev.capstan.image.Preprocessing;
import dev.capstan.image.Preprocessing.AxisOrder;
import dev.capstan.image.Preprocessing.ChannelOrder;
import dev.capstan.image.Preprocessing.Range;
import dev.capstan.image.Resize;
import dev.capstan.job.PreprocessingOptions;
import dev.capstan.job.PreprocessingOptions.Extent;
import dev.capstan.job.PreprocessingOptions.ResizeMode;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** How images become a network's input: what the user says, and what follows from its shape. */
public record InputPreprocessing(PreprocessingOptions options) {
  /** Channels that pictures have: gray, colours, colours and alpha. */
  private static final Set<Long> PICTURES = Set.of(1L, 3L, 4L);

  private static final List<Double> MEAN = List.of(0.485, 0.456, 0.406, 0.0);
  private static final List<Double> STD = List.of(0.229, 0.224, 0.225, 1.0);

  /** What detectors are used to see around a picture. */
  private static final int GRAY = 114;

  /**
   * The preprocessing for a network.
   *
   * @throws InvalidInputException if the network's input is no image, or leaves open what was not
   *     given
   */
  public static Preprocessing of(PreprocessingOptions options, Graph graph) {
    Value input = imageInput(graph);
    PreprocessingOptions known = options.or(ToldPreprocessing.of(graph.metadata()));
    return new InputPreprocessing(ByteInput.of(known, input)).of(input);
  }

  /**
   * The number of channels that a network takes.
   *
   * @throws InvalidInputException if its input is no picture
   */
  public static int channels(PreprocessingOptions options, Graph graph) {
    Value input = imageInput(graph);
    return new InputPreprocessing(options).depth(input, layout(options, input));
  }

  private Preprocessing of(Value input) {
    Shape shape = input.type().shape();
    AxisOrder order = layout(options, input);
    int heightAxis = order == AxisOrder.NCHW ? 2 : 1;
    int depth = depth(input, order);
    int height = extent(input, heightAxis, heightAxis);
    int width = extent(input, heightAxis + 1, heightAxis);
    Range range = requireNonNullElse(options.range(), Range.ZERO_TO_ONE);
    checkMean(range);
    return new Preprocessing(
        requireNonNullElse(options.channels(), ChannelOrder.RGB),
        range,
        options.mean().isEmpty() ? usual(MEAN, depth, range) : options.mean(),
        options.std().isEmpty() ? usual(STD, depth, range) : options.std(),
        resizeTo(height, width),
        height,
        width,
        order);
  }

  /** The number of channels: the network's, else that of the numbers given, else 3. */
  private int depth(Value input, AxisOrder order) {
    Shape shape = input.type().shape();
    long depth = shape.size(order == AxisOrder.NCHW ? 1 : 3);
    int given = Math.max(options.mean().size(), options.std().size());
    if (depth >= 0 && !PICTURES.contains(depth)) {
      throw new InvalidInputException(
          "input '%s' of shape %s has %d channels: pictures have 1 (gray), 3, or 4 with alpha; %s"
              .formatted(input.name(), shape, depth, arrays(List.of(input))));
    }
    if (depth >= 0 && given > 0 && depth != given) {
      throw new InvalidInputException(
          "input '%s' of shape %s has %d channels, setting 'mean' and setting 'std' give %d numbers"
              .formatted(input.name(), shape, depth, given));
    }
    return depth >= 0 ? (int) depth : given > 0 ? given : 3;
  }

  /**
   * What lies outside the values of pixels is the mean of none: it is meant for the other range.
   */
  private void checkMean(Range range) {
    boolean fits = options.mean().stream().allMatch(mean -> mean >= 0 && mean <= range.largest());
    if (!fits) {
      throw new InvalidInputException(
          "setting 'mean' %s: expected numbers from 0 to %.0f, as pixels have before it applies; %s"
              .formatted(
                  options.mean(),
                  range.largest(),
                  range == Range.ZERO_TO_ONE
                      ? "a network that takes 0 to 255 is meant by setting 'range' byte"
                      : "give the means of its channels"));
    }
  }

  /** ImageNet's numbers; of gray pictures their average, of alpha the last one. */
  private static List<Double> usual(List<Double> four, int depth, Range range) {
    double average = Math.rint(1000 * (four.get(0) + four.get(1) + four.get(2)) / 3) / 1000;
    List<Double> unit = depth == 1 ? List.of(average) : four.subList(0, depth);
    return unit.stream().map(number -> number * range.largest()).toList();
  }

  private static Value imageInput(Graph graph) {
    List<Value> inputs = graph.inputs();
    if (inputs.size() != 1) {
      throw new InvalidInputException(
          "a picture fills one input, the network has %d (%s); %s"
              .formatted(inputs.size(), names(inputs), arrays(inputs) + constants(inputs)));
    }
    Value input = inputs.get(0);
    if (input.type().shape().rank() != 4) {
      throw new InvalidInputException(
          "input '%s': a picture has 4 axes with the batch, found shape %s; %s"
              .formatted(input.name(), input.type().shape(), arrays(inputs)));
    }
    return input;
  }

  private static String names(List<Value> inputs) {
    return inputs.stream().map(Value::name).collect(Collectors.joining(", "));
  }

  /** How any inputs are fed. */
  private static String arrays(List<Value> inputs) {
    return "give a folder of .npz files, one an image, with an array for each input by its name (numpy.savez(file, %s))"
        .formatted(
            inputs.stream().map(input -> input.name() + "=...").collect(Collectors.joining(", ")));
  }

  /** Inputs that are no image may be the same for all. */
  private static String constants(List<Value> inputs) {
    return inputs.stream()
        .filter(input -> input.type().shape().rank() != 4)
        .findFirst()
        .map(
            other ->
                "; what is the same for all images is said with setting 'input' %s=NUMBER,..."
                    .formatted(other.name()))
        .orElse("");
  }

  /** The order of the axes of an input that is a picture. */
  static AxisOrder layout(PreprocessingOptions options, Value input) {
    if (options.layout() != null) {
      return options.layout();
    }
    Shape shape = input.type().shape();
    boolean last = isDepth(shape.size(3)) && !isDepth(shape.size(1));
    return last ? AxisOrder.NHWC : AxisOrder.NCHW;
  }

  private static boolean isDepth(long size) {
    return PICTURES.contains(size);
  }

  private int extent(Value input, int axis, int heightAxis) {
    long size = input.type().shape().size(axis);
    Extent asked = options.crop();
    int crop = axis == heightAxis ? asked.height() : asked.width();
    int given = crop > 0 ? crop : options.size();
    if (size < 0 && given == 0) {
      throw new InvalidInputException(
          "input '%s' of shape %s leaves its height or width open: say it with setting 'crop' or setting 'size'"
              .formatted(input.name(), input.type().shape()));
    }
    if (size >= 0 && crop > 0 && size != crop) {
      throw new InvalidInputException(
          "input '%s' has shape %s, setting 'crop' asks for %s (width x height)"
              .formatted(input.name(), input.type().shape(), asked));
    }
    return size >= 0 ? Math.toIntExact(size) : given;
  }

  private Resize resizeTo(int height, int width) {
    int size = options.size();
    int down = size > 0 ? size : height;
    int across = size > 0 ? size : width;
    return switch (requireNonNullElse(options.resize(), ResizeMode.SHORTER)) {
      case NONE -> Resize.NONE;
      case SHORTER -> size > 0 ? Resize.shorterSide(size) : covering(height, width);
      case EXACT -> Resize.exactly(down, across);
      case LETTERBOX -> Resize.letterbox(down, across, GRAY);
      case LETTERBOX_BLACK -> Resize.letterbox(down, across, 0);
    };
  }

  /** A little more than the crop, as networks for ImageNet are judged. */
  private static Resize covering(int height, int width) {
    return Resize.covering((int) Math.round(height / 0.875), (int) Math.round(width / 0.875));
  }
}
