package dev.capstan.pipeline.input;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.DataType;
import dev.capstan.graph.Shape;
import dev.capstan.graph.Value;
import dev.capstan.image.Preprocessing.Range;
import dev.capstan.job.PreprocessingOptions;
import java.util.Collections;
import java.util.List;

/** Networks that take images as they are in memory, in whole numbers, and normalise them inside. */
final class ByteInput {
  /** What a signed byte leaves out of an unsigned one. */
  private static final double SIGN = 128;

  private ByteInput() {}

  /**
   * What is done to images where the input is of an integer type: nothing but moving them into the
   * range of a signed byte where it is one.
   *
   * @return the options as they are for an input of a floating type
   * @throws InvalidInputException if the options ask for numbers that are not whole
   */
  static PreprocessingOptions of(PreprocessingOptions options, Value input) {
    DataType type = input.type().type();
    if (type.isFloating()) {
      return options;
    }
    int channels = channels(input.type().shape());
    List<Double> mean = Collections.nCopies(channels, type == DataType.INT8 ? SIGN : 0.0);
    List<Double> std = Collections.nCopies(channels, 1.0);
    boolean said =
        !options.mean().equals(PreprocessingOptions.DEFAULT.mean())
            || !options.std().equals(PreprocessingOptions.DEFAULT.std());
    if (said && !(options.mean().equals(mean) && options.std().equals(std))) {
      throw new InvalidInputException(
          "input '%s' takes whole numbers (%s), the network normalises its images itself: leave out setting 'mean' and setting 'std'"
              .formatted(input.name(), input.type()));
    }
    return new PreprocessingOptions(
        mean,
        std,
        options.channels(),
        Range.ZERO_TO_255,
        options.resize(),
        options.size(),
        options.crop(),
        options.layout());
  }

  private static int channels(Shape shape) {
    for (int few : new int[] {1, 4}) {
      if (shape.rank() == 4 && (shape.size(1) == few || shape.size(3) == few)) {
        return few;
      }
    }
    return 3;
  }
}
