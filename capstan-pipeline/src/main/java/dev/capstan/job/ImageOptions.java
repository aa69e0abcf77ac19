package dev.capstan.job;

import dev.capstan.data.Dataset;
import dev.capstan.data.ImageStore;
import dev.capstan.data.Preprocessing;
import dev.capstan.data.Split;
import dev.capstan.data.Unlabelled;
import dev.capstan.data.format.Datasets;
import dev.capstan.graph.Graph;
import dev.capstan.graph.InvalidInputException;
import dev.capstan.graph.OutputKind;
import dev.capstan.torch.Decoders;
import java.nio.file.Path;
import java.util.List;
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

  /** The images at a path, prepared for a network. */
  public ImageStore open(Path path, Split split, Preprocessing preprocessing) {
    List<String> order = classes == null ? List.of() : Datasets.readClasses(classes);
    Dataset dataset = Datasets.open(path, split, order);
    return new ImageStore(dataset, Decoders.fast(), preprocessing);
  }

  /** Images for a network to learn from: labels are of no use to one that does not classify. */
  public ImageStore learning(Path path, Preprocessing preprocessing, Graph network) {
    ImageStore store = open(path, Split.TRAIN, preprocessing);
    return !store.dataset().isLabelled() || OutputKind.of(network) == OutputKind.CLASSES
        ? store
        : new ImageStore(new Unlabelled(store.dataset()), store.decoder(), preprocessing);
  }

  /**
   * Images to judge by.
   *
   * @param path null for none
   * @param labelled whether they are of no use without labels
   * @throws InvalidInputException if they have none then
   */
  public @Nullable ImageStore validation(
      @Nullable Path path, Preprocessing preprocessing, boolean labelled) {
    if (path == null) {
      return null;
    }
    ImageStore store = open(path, Split.TEST, preprocessing);
    if (labelled && !store.dataset().isLabelled()) {
      throw new InvalidInputException(
          path + ": expected labelled images to judge by, found a folder without classes");
    }
    return store;
  }
}
