package dev.capstan.pipeline.input;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Shape;
import dev.capstan.graph.Value;
import dev.capstan.image.Preprocessing;
import dev.capstan.image.Preprocessing.AxisOrder;
import dev.capstan.image.Resize;
import dev.capstan.job.PreprocessingOptions;

/** How images become a network's input: what the user says, and what follows from its shape. */
public record InputPreprocessing(PreprocessingOptions options) {
  /**
   * The preprocessing for a network.
   *
   * @throws InvalidInputException if the network's input is no image, or leaves open what was not
   *     given
   */
  public static Preprocessing of(PreprocessingOptions options, Graph graph) {
    Value input = imageInput(graph);
    return new InputPreprocessing(ByteInput.of(options, input)).of(input);
  }

  private Preprocessing of(Value input) {
    Shape shape = input.type().shape();
    AxisOrder order = options.layout() != null ? options.layout() : layoutOf(input);
    int heightAxis = order == AxisOrder.NCHW ? 2 : 1;
    long depth = shape.size(order == AxisOrder.NCHW ? 1 : 3);
    if (depth >= 0 && depth != options.mean().size()) {
      throw new InvalidInputException(
          "input '%s' of shape %s has %d channels, setting 'mean' gives %d numbers"
              .formatted(input.name(), shape, depth, options.mean().size()));
    }
    int height = extent(input, heightAxis);
    int width = extent(input, heightAxis + 1);
    return new Preprocessing(
        options.channels(),
        options.range(),
        options.mean(),
        options.std(),
        resizeTo(height, width),
        height,
        width,
        order);
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
    int crop = options.crop();
    int given = crop > 0 ? crop : options.size();
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
    int size = options.size();
    int side = size > 0 ? size : (int) Math.round(Math.min(height, width) / 0.875);
    return switch (options.resize()) {
      case NONE -> Resize.NONE;
      case SHORTER -> Resize.shorterSide(side);
      case EXACT -> size > 0 ? Resize.exactly(side, side) : Resize.exactly(height, width);
    };
  }
}
