package dev.capstan.job;

import dev.capstan.outputs.OutputKind;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How images become the network's input, and what its outputs are.
 *
 * @param input the preprocessing
 * @param classes file with the class names in the order of the network's outputs, one a line; null
 *     for alphabetical order
 * @param outputs what the outputs are, null to go by the model
 */
public record ImageOptions(
    PreprocessingOptions input, @Nullable Path classes, @Nullable OutputKind outputs) {
  /** ImageNet's preprocessing, classes in alphabetical order. */
  public static final ImageOptions DEFAULT =
      new ImageOptions(PreprocessingOptions.DEFAULT, null, null);
}
