package dev.capstan.job;

import dev.capstan.outputs.OutputKind;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How images become the network's input, what its other inputs are, and what its outputs are.
 *
 * @param input the preprocessing
 * @param classes file with the class names in the order of the network's outputs, one a line; null
 *     for alphabetical order
 * @param outputs what the outputs are, null to go by the model
 * @param given numbers of the inputs beside the image, by name: as many as the input's shape says,
 *     or one for all of them
 */
public record ImageOptions(
    PreprocessingOptions input,
    @Nullable Path classes,
    @Nullable OutputKind outputs,
    Map<String, List<Double>> given) {
  /** ImageNet's preprocessing, classes in alphabetical order. */
  public static final ImageOptions DEFAULT =
      new ImageOptions(PreprocessingOptions.DEFAULT, null, null);

  /** Copies the map, keeping its order; records of versions that knew one input have none. */
  public ImageOptions {
    given = given == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(given));
  }

  /** Options for a network whose only input is the image. */
  public ImageOptions(
      PreprocessingOptions input, @Nullable Path classes, @Nullable OutputKind outputs) {
    this(input, classes, outputs, Map.of());
  }

  /** The same with other preprocessing. */
  public ImageOptions with(PreprocessingOptions other) {
    return new ImageOptions(other, classes, outputs, given);
  }

  /** The same with these inputs beside the image. */
  public ImageOptions withGiven(Map<String, List<Double>> numbers) {
    return new ImageOptions(input, classes, outputs, numbers);
  }
}
